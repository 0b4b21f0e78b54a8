import type { PersonRow } from '../../../store/iam/people.ts';
import { claimRulesOfAccount } from '../../../store/iam/trusted-profiles.ts';
import type { Tx } from '../../../store/store.ts';
import type { Outcome } from '../../handler.ts';
import type { PersonPrincipal } from '../../principal.ts';
import type { IamDeps } from '../iam-deps.ts';
import { issuePasscode } from '../tokens/passcodes.ts';
import { type ClaimRuleDocument, claimsForRules } from '../trusted-profiles/claims.ts';
import { chooseAccount } from './choose-account.ts';

export interface Login {
  readonly person: PersonRow;
  readonly account: string | undefined;
  readonly returnTo: 'passcode' | 'console';
  readonly now: number;
  /** What the identity provider said, for claim rules. */
  readonly said?: { readonly realms: readonly string[]; readonly claims: Readonly<Record<string, unknown>> };
}

/** Gives somebody who has shown who he is a passcode; the record of it is the account's. Throws LOGIN_NOT_ADMITTED. */
export async function loggedIn(
  tx: Tx,
  deps: Pick<IamDeps, 'barrier' | 'randomBytes'>,
  { person, account: wanted, returnTo, now, said }: Login,
) {
  const { account, all } = await chooseAccount(tx, person, wanted);
  const iamId = person.iam_id;
  const kept = said && claimsForRules(await rulesOf(tx, account.id), said.realms, said.claims);
  const holder = { accountId: account.id, iamId, claims: kept && JSON.stringify(kept) };
  const { passcode, expiresAt } = await issuePasscode(deps, tx, { ...holder, now });
  const who = person.email === '' ? person.name : person.email;
  const initiator: PersonPrincipal = { kind: 'user', iamId, accountId: account.id, name: who, credential: 'user' };
  const shown = ({ id, name }: typeof account) => ({ id, name });
  return {
    output: {
      passcode,
      expires_in: Math.floor((expiresAt - now) / 1000),
      return_to: returnTo,
      iam_id: iamId,
      name: person.name,
      account: shown(account),
      accounts: all.map(shown),
    },
    audit: {
      initiator,
      target: { serviceName: 'iam-identity', accountId: account.id, resourceType: 'user', resource: iamId, name: who },
      responseData: { iamId, accountId: account.id },
    },
  } satisfies Outcome<unknown>;
}

async function rulesOf(tx: Tx, accountId: string): Promise<ClaimRuleDocument[]> {
  return (await claimRulesOfAccount(tx, accountId)).map(({ document }) => JSON.parse(document) as ClaimRuleDocument);
}
