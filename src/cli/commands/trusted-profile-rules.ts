import { RootwardError } from '../../contract/errors.ts';
import type { Operation } from '../../contract/operation.ts';
import { CLAIM_OPERATORS } from '../../contract/trusted-profiles/claim-rule.ts';
import { createClaimRule } from '../../contract/trusted-profiles/create-rule.ts';
import { addOutputFlags, addServerFlags } from '../common-flags.ts';
import { profileByName } from '../identity-names.ts';
import { commandAt } from '../tree/command-path.ts';
import { openCall, runOperation } from '../tree/from-operation.ts';
import { addExamples } from '../tree/help-text.ts';
import type { CommandParts } from './command-parts.ts';

interface Flags {
  readonly name?: string;
  readonly realmName: string;
  readonly expiration: string;
  readonly condition: readonly string[];
}

/** `iam trusted-profile-rule-create`: the API wants the values of claims as JSON in a text. */
export function addTrustedProfileRules({ program, io }: CommandParts): void {
  const command = commandAt(program, ['iam', 'trusted-profile-rule-create'])
    .description(createClaimRule.summary)
    .argument('<profile>')
    .requiredOption('--realm-name <name>', 'which identity provider')
    .requiredOption(
      '--condition <condition...>',
      `CLAIM:OPERATOR:VALUE, all of them have to hold; operators are ${CLAIM_OPERATORS.join(', ')}; values of IN have commas between them`,
    )
    .option('--name <name>', 'what people call the rule')
    .option('--expiration <seconds>', 'how long one acts as the profile, 900 to 43200', '3600');
  addServerFlags(addOutputFlags(command));
  addExamples(command, [
    'iam trusted-profile-rule-create break-glass --realm-name https://idp.example.com --condition groups:CONTAINS:admins',
  ]);
  command.action(async (profile: string, flags: Flags) => {
    const conditions = flags.condition.map(conditionOf);
    const call = openCall(flags as unknown as Readonly<Record<string, unknown>>, {}, io);
    call.input.params = { id: await profileByName(call.session.client, profile) };
    const { name, realmName: realm_name } = flags;
    call.input.body = { name, type: 'Profile-SAML', realm_name, expiration: Number(flags.expiration), conditions };
    await runOperation(createClaimRule as unknown as Operation, {}, call);
  });
}

/** A claim may have colons in its name (it is often an address), an operator has none. */
function conditionOf(text: string): { readonly claim: string; readonly operator: string; readonly value: string } {
  const [, claim, operator, value] = new RegExp(`^(.+?):(${CLAIM_OPERATORS.join('|')}):(.+)$`, 's').exec(text) ?? [];
  if (claim === undefined || operator === undefined || value === undefined) {
    throw new RootwardError('USAGE', {
      message: `The condition ${text} is not CLAIM:OPERATOR:VALUE.`,
      hint: `Operators are ${CLAIM_OPERATORS.join(', ')}.`,
    });
  }
  return { claim, operator, value: JSON.stringify(operator === 'IN' ? value.split(',') : value) };
}
