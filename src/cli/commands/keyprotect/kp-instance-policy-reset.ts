import { RootwardError } from '../../../contract/errors.ts';
import { addDataFlags, type LocalFlags, readConfig } from '../../local/local-config.ts';
import { commandAt } from '../../tree/command-path.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';

type Flags = LocalFlags & { readonly instanceId?: string; readonly network?: boolean };

/** `kp instance policy-reset --network`: the way back for those whose network policy shuts them out. */
export function addInstancePolicyReset({ program, io }: CommandParts): void {
  const command = addDataFlags(commandAt(program, ['kp', 'instance', 'policy-reset']))
    .description(
      'Turn the network policies of an instance off, on the machine of the server itself, when they shut everybody out. Needs no login, but the rights of the server on its data; one with an embedded store must not run meanwhile. It is on record in the audit log',
    )
    .option('-i, --instance-id <id>', 'GUID of the KMS instance (KP_INSTANCE_ID)')
    .option('--network', 'the policies allowed-network and allowed-ip')
    .option('--dev', 'the data directory is that of `up --dev`');
  addExamples(command, ['kp instance policy-reset --network -i GUID --data-dir /var/lib/rootward']);
  command.action(async (flags: Flags) => {
    const instance = flags.instanceId ?? (io.env.KP_INSTANCE_ID || undefined);
    if (instance === undefined || flags.network !== true) {
      throw new RootwardError('USAGE', {
        message: `${instance === undefined ? '--instance-id' : '--network'} is missing.`,
        hint: 'Say which policies of which instance: kp instance policy-reset --network -i GUID.',
      });
    }
    const { resetNetworkPolicies } = await import('../../../server/operate/reset-network.ts');
    const reset = await resetNetworkPolicies(await readConfig(flags, io), instance);
    io.err(reset.length === 0 ? 'No network policy was on.\n' : `Turned off: ${reset.join(', ')}.\n`);
  });
}
