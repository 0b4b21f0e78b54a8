import { RootwardError } from '../../../contract/errors.ts';
import { type ClaimRuleRequest, MOST_RULES } from '../../../contract/trusted-profiles/claim-rule.ts';
import { createClaimRule } from '../../../contract/trusted-profiles/create-rule.ts';
import { deleteClaimRule } from '../../../contract/trusted-profiles/delete-rule.ts';
import { getClaimRule } from '../../../contract/trusted-profiles/get-rule.ts';
import { listClaimRules } from '../../../contract/trusted-profiles/list-rules.ts';
import { updateClaimRule } from '../../../contract/trusted-profiles/update-rule.ts';
import {
  type ClaimRuleRow,
  changeClaimRule,
  findClaimRule,
  insertClaimRule,
  listClaimRules as readRules,
  deleteClaimRule as removeRule,
} from '../../../store/iam/trusted-profiles.ts';
import { type Handler, handle } from '../../handler.ts';
import { firstTag, nextTag, refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { checkRule } from './check-rule.ts';
import { currentProfile, profileFacts, resolveProfile, resolveToActAs } from './find.ts';
import { presentRule } from './present.ts';

/** Reading and changing by which claims people of an identity provider may act as a trusted profile. */
export function claimRuleHandlers(deps: IamDeps): Handler[] {
  return [create(deps), list(deps), get(deps), update(deps), remove(deps)];
}

function create(deps: IamDeps): Handler {
  return handle(createClaimRule, {
    resolve(call) {
      checkRule(call.input.body);
      return resolveToActAs(deps, call, call.input.params.id);
    },
    async change({ input, now }, found, tx) {
      const profile = await currentProfile(tx, found);
      if ((await readRules(tx, profile.account_id, profile.id)).length >= MOST_RULES) {
        throw new RootwardError('INVALID_FIELD', { message: `A trusted profile has at most ${MOST_RULES} claim rules.` });
      }
      const row: ClaimRuleRow = {
        id: `ClaimRule-${deps.newId()}`,
        profile_id: profile.id,
        account_id: profile.account_id,
        document: documentOf(input.body),
        entity_tag: firstTag(deps),
        created_at: now,
        modified_at: now,
      };
      await insertClaimRule(tx, row);
      return {
        output: presentRule(row),
        headers: { ETag: row.entity_tag },
        audit: profileFacts(profile, { ruleId: row.id }),
      };
    },
  });
}

function list(deps: IamDeps): Handler {
  return handle(listClaimRules, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    run: async (_call, row) => ({
      output: { rules: (await readRules(deps.store.db, row.account_id, row.id)).map(presentRule) },
    }),
  });
}

function get(deps: IamDeps): Handler {
  return handle(getClaimRule, {
    async resolve(call) {
      const found = await resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id);
      if (found.missing) return found;
      const { account_id, id } = found.record;
      const row = await findClaimRule(deps.store.db, account_id, id, call.input.params.rule_id);
      return row ? { target: found.target, record: row } : { target: found.target, missing: ruleUnknown() };
    },
    run: (_call, row) => ({ output: presentRule(row), headers: { ETag: row.entity_tag } }),
  });
}

function update(deps: IamDeps): Handler {
  return handle(updateClaimRule, {
    resolve(call) {
      checkRule(call.input.body);
      return resolveToActAs(deps, call, call.input.params.id);
    },
    async change({ input, now }, found, tx) {
      const profile = await currentProfile(tx, found);
      const row = await findClaimRule(tx, profile.account_id, profile.id, input.params.rule_id);
      if (!row) throw ruleUnknown();
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      const changed = { ...row, document: documentOf(input.body), entity_tag: nextTag(deps, row.entity_tag), modified_at: now };
      await changeClaimRule(tx, changed);
      return {
        output: presentRule(changed),
        headers: { ETag: changed.entity_tag },
        audit: profileFacts(profile, { ruleId: row.id }),
      };
    },
  });
}

function remove(deps: IamDeps): Handler {
  return handle(deleteClaimRule, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input }, found, tx) {
      const profile = await currentProfile(tx, found);
      const { rule_id: ruleId } = input.params;
      if (!(await removeRule(tx, profile.account_id, profile.id, ruleId))) throw ruleUnknown();
      return { output: undefined, audit: profileFacts(profile, { ruleId }) };
    },
  });
}

/** Only what the schema names: a request may carry more. */
function documentOf({ name, type, realm_name, expiration, conditions }: ClaimRuleRequest): string {
  const kept = conditions.map(({ claim, operator, value }) => ({ claim, operator, value }));
  return JSON.stringify({ name, type, realm_name, expiration, conditions: kept });
}

function ruleUnknown(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The trusted profile has no such claim rule.' });
}
