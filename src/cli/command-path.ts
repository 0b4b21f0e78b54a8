import { Command } from 'commander';

const GROUPS: Readonly<Record<string, string>> = {
  kp: 'keys and what they protect',
  'kp key': 'one key',
  'kp key policy-update': 'a policy of a key',
  'kp instance': 'the KMS instance itself',
  'kp instance policy-update': 'a policy of the instance',
  'kp key-ring': 'one key ring',
  'kp import-token': 'importing root keys without showing them to anybody on the way',
  ks: 'Kubernetes clusters',
  'ks cluster': 'one cluster',
  'ks cluster create': 'a new cluster',
  'ks cluster master': "a cluster's control plane",
  'ks kms': 'how clusters are sealed',
  'ks kms instance': 'KMS instances',
  'ks kms crk': 'root keys',
  iam: 'identities, API keys and policies',
  account: 'accounts, their users and invitations',
  'account password': 'your password',
  resource: 'instances of KMS providers and resource groups',
  audit: 'the audit log',
  seal: 'what opens the service',
  config: 'settings of the server',
  controlplane: 'programs of hosted clusters',
};

/** Makes the command `path` below `program`, and the groups on the way that are not there yet. */
export function commandAt(program: Command, path: readonly string[]): Command {
  let group = program;
  path.slice(0, -1).forEach((word, index) => {
    const existing = group.commands.find((command) => command.name() === word);
    const next =
      existing ?? new Command(word).description(GROUPS[path.slice(0, index + 1).join(' ')] ?? '').copyInheritedSettings(group);
    if (!existing) group.addCommand(next);
    group = next;
  });
  return group.command(path.at(-1) ?? '');
}

/** `rootward kp key show` of a command. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
