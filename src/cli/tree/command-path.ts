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
  'ks api-key': 'whose rights clusters act with, by region and resource group',
  iam: 'identities, API keys and policies',
  'iam signing-key': 'the keys that sign access tokens',
  account: 'accounts, their users and invitations',
  'account password': 'your password',
  resource: 'instances of KMS providers and resource groups',
  audit: 'the audit log',
  backup: 'copies of everything that a server keeps',
  clock: 'what the server takes for the time',
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

/** The command that the words begin with, as deep as they go: what a complaint about them is about. */
export function commandOf(program: Command, words: readonly string[]): Command {
  const [first, ...rest] = words;
  const next = program.commands.find((command) => command.name() === first);
  return next ? commandOf(next, rest) : program;
}

/** `rootward kp key show` of a command. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
