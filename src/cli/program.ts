import { Command } from 'commander';
import { OPERATIONS } from '../contract/operations.ts';
import { readVersion } from '../server/operate/version.ts';
import { addAccount } from './account/account.ts';
import { addAccountPassword } from './account/account-password.ts';
import { addAccountRecover } from './account/account-recover.ts';
import { addAccountUsers } from './account/account-users.ts';
import { addInvitationAccept } from './account/invitation-accept.ts';
import { addLogin } from './account/login.ts';
import { addLogout } from './account/logout.ts';
import { addTarget } from './account/target.ts';
import { addAccessGroupMembers } from './commands/access-group-members.ts';
import { addAuditVerify } from './commands/audit-verify.ts';
import { addBackup } from './commands/backup.ts';
import { addCompletion } from './commands/completion.ts';
import { addDemo } from './commands/demo.ts';
import { addImportTokenEncryption } from './commands/keyprotect/kp-import-token.ts';
import { addInstancePolicies } from './commands/keyprotect/kp-instance-policies.ts';
import { addInstancePolicyReset } from './commands/keyprotect/kp-instance-policy-reset.ts';
import { addKeyCreate } from './commands/keyprotect/kp-key-create.ts';
import { addKeyPolicies } from './commands/keyprotect/kp-key-policies.ts';
import { addNotSupported } from './commands/keyprotect/kp-not-supported.ts';
import { addRegionSet } from './commands/keyprotect/kp-region-set.ts';
import { addRegistrations } from './commands/keyprotect/kp-registrations.ts';
import { addOauthTokens } from './commands/oauth-tokens.ts';
import { addOperate } from './commands/operate.ts';
import { addRunControl } from './commands/run-control.ts';
import { addSeal } from './commands/seal.ts';
import { addServiceApiKeys } from './commands/service-api-keys.ts';
import { addServiceInstanceCreate } from './commands/service-instance-create.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addTrustedProfileRules } from './commands/trusted-profile-rules.ts';
import { addUp } from './commands/up.ts';
import { addVersion } from './commands/version.ts';
import { BY_HAND, EXTENSIONS } from './extensions/list.ts';
import type { Io } from './io.ts';
import { addAccessPolicies } from './policies/access-policies.ts';
import { addAuthorizationPolicies } from './policies/authorization-policies.ts';
import { EXAMPLES } from './tree/examples.ts';
import { addOperation } from './tree/from-operation.ts';
import { groupHelp, HELP } from './tree/help-groups.ts';
import { EXIT_CODES } from './tree/help-text.ts';

const BY_HAND_COMMANDS = [
  addUp,
  addStart,
  addDemo,
  addStatus,
  addLogin,
  addLogout,
  addTarget,
  addAccount,
  addAccountUsers,
  addInvitationAccept,
  addAccountPassword,
  addAccountRecover,
  addKeyCreate,
  addKeyPolicies,
  addInstancePolicies,
  addInstancePolicyReset,
  addImportTokenEncryption,
  addRegionSet,
  addNotSupported,
  addRegistrations,
  addRunControl,
  addAuthorizationPolicies,
  addAccessPolicies,
  addOauthTokens,
  addServiceApiKeys,
  addAccessGroupMembers,
  addTrustedProfileRules,
  addServiceInstanceCreate,
  addAuditVerify,
  addSeal,
  addBackup,
  addOperate,
  addCompletion,
  addVersion,
] as const;

/** Columns: as wide as the terminal, but not so wide that lines are hard to follow. */
const helpWidth = (): number => Math.min(process.stdout.columns ?? 100, 100);

/** The whole command line. Nothing is written past `io`, and nothing ends the process. */
export function createProgram(io: Io): Command {
  const program = new Command('rootward')
    .description('A key management service for Kubernetes: every Secret sealed by a root key that the cluster never holds')
    .version(readVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: () => {},
      getOutHelpWidth: helpWidth,
      getErrHelpWidth: helpWidth,
    })
    .addHelpText('after', EXIT_CODES);
  for (const add of BY_HAND_COMMANDS) add({ program, io });
  for (const operation of OPERATIONS) {
    if (BY_HAND.has(operation.name)) continue;
    addOperation(program, operation, { io, extension: EXTENSIONS[operation.name], examples: EXAMPLES[operation.name] ?? [] });
  }
  groupHelp(program);
  return program;
}
