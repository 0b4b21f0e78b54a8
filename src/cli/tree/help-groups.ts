import { type Command, Help, type HelpConfiguration } from 'commander';
import { pathOf } from './command-path.ts';

/** A heading in the help of a group, and the commands under it: their names, or what these begin or end with. */
type Headings = readonly (readonly [heading: string, names: RegExp])[];

/** Of the groups whose commands are too many to be read through, in the order in which they are read. The first that fits counts. */
const HEADINGS: Readonly<Record<string, Headings>> = {
  rootward: [
    ['This machine:', /^(up|start|demo|config|controlplane|seal|backup)$/],
    ['Your login:', /^(login|logout|target|status)$/],
    ['The service:', /^(kp|ks|iam|resource|account|audit|clock)$/],
  ],
  'rootward kp': [
    ['Keys:', /^(keys?|registrations)$/],
    ['Around keys:', /^(key-rings?|import-token|instance|region-set)$/],
    ['Not here:', /^(kmip|crypto-units?)$/],
  ],
  'rootward kp key': [
    ['Keys:', /^(create|create-key-with-policy-overrides|show|update|versions)$/],
    ['Use:', /wrap$/],
    ['Life:', /^(rotate|disable|enable|delete|schedule-delete|cancel-delete|restore|purge|sync)$/],
    ['Policies and names:', /^(polic|alias)/],
  ],
  'rootward iam': [
    ['Who may do what:', /^(explain|roles|policies|policy-restore)$/],
    ['Service authorizations:', /^authorization-polic/],
    ['Access policies:', /-polic(y|ies)(-[a-z]+)?$/],
    ['API keys:', /^(service-)?api-key/],
    ['Service IDs:', /^service-id/],
    ['Access groups:', /^access-group/],
    ['Trusted profiles:', /^trusted-profile/],
    ['Tokens:', /^(oauth-tokens|signing-key)$/],
  ],
  'rootward resource': [
    ['Instances:', /^service-instance/],
    ['Deleted instances:', /^reclamation/],
    ['Resource groups:', /^group/],
  ],
  'rootward account': [
    ['Accounts:', /^(show|list|create|update|recover)$/],
    ['Users:', /^users?(-|$)/],
    ['Invitations:', /^invitation/],
    ['You:', /^password$/],
  ],
};

/**
 * What every help looks like: commands by heading and then by name, without what they take, which their own help says and which would leave
 * no room for what they do; and without `help`, which `--help` says already.
 */
export const HELP: HelpConfiguration = {
  visibleCommands(group) {
    const headings = HEADINGS[pathOf(group)] ?? [];
    const rank = ({ name }: Named): number => {
      const at = headings.findIndex(([, names]) => names.test(name));
      return at < 0 ? headings.length : at;
    };
    return new Help()
      .visibleCommands(group)
      .map((command) => ({ command, name: command.name() }))
      .filter(({ name }) => name !== 'help')
      .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
      .map(({ command }) => command);
  },
  subcommandTerm: (command) => command.name(),
  // In the order of what is shown, which is that of the headings; commander's own is the order in which commands were added.
  groupItems: (_, shown, headingOf) => Map.groupBy(shown, headingOf),
};

interface Named {
  readonly name: string;
}

/** Puts the commands of large groups under their headings. */
export function groupHelp(program: Command): void {
  for (const group of [program, ...program.commands.flatMap((command) => [command, ...command.commands])]) {
    const headings = HEADINGS[pathOf(group)];
    for (const command of headings ? group.commands : []) {
      const [heading] = headings?.find(([, names]) => names.test(command.name())) ?? [];
      command.helpGroup(heading ?? 'More:');
    }
  }
}
