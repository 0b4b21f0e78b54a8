import { RootwardError } from '../../../contract/errors.ts';
import { addProfileIdentity } from '../../../contract/trusted-profiles/add-identity.ts';
import { deleteProfileIdentity } from '../../../contract/trusted-profiles/delete-identity.ts';
import { getProfileIdentities } from '../../../contract/trusted-profiles/get-identities.ts';
import { getProfileIdentity } from '../../../contract/trusted-profiles/get-identity.ts';
import { MOST_IDENTITIES, type WantedIdentity } from '../../../contract/trusted-profiles/identity.ts';
import { setProfileIdentities } from '../../../contract/trusted-profiles/set-identities.ts';
import {
  changeProfile,
  listProfileIdentities,
  type ProfileIdentityRow,
  putProfileIdentity,
  deleteProfileIdentity as removeIdentity,
  type TrustedProfileRow,
} from '../../../store/iam/trusted-profiles.ts';
import type { Tx } from '../../../store/store.ts';
import { type Handler, handle } from '../../handler.ts';
import { nextTag, refuseOldTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { refuseIdentity, storedIdentifier } from './check-identity.ts';
import { currentProfile, profileFacts, resolveProfile, resolveToActAs } from './find.ts';
import { presentIdentity } from './present.ts';

/** Reading and changing who may act as a trusted profile. The entity tag is that of the profile. */
export function profileIdentityHandlers(deps: IamDeps): Handler[] {
  return [readAll(deps), setAll(deps), add(deps), readOne(deps), remove(deps)];
}

function readAll(deps: IamDeps): Handler {
  return handle(getProfileIdentities, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    async run(_call, row) {
      const identities = (await listProfileIdentities(deps.store.db, row.account_id, row.id)).map(presentIdentity);
      return { output: { entity_tag: row.entity_tag, identities }, headers: { ETag: row.entity_tag } };
    },
  });
}

function setAll(deps: IamDeps): Handler {
  return handle(setProfileIdentities, {
    async resolve(call) {
      const found = await resolveToActAs(deps, call, call.input.params.id);
      if (found.missing) return found;
      for (const [index, wanted] of (call.input.body.identities ?? []).entries()) {
        const missing = await refuseIdentity(deps.store.db, found.record.account_id, wanted, `identities.${index}.`);
        if (missing) return { target: found.target, missing };
      }
      return found;
    },
    async change({ input, principal, now }, found, tx) {
      const row = await currentProfile(tx, found);
      refuseOldTag(row.entity_tag, input.headers['if-match']);
      for (const old of await listProfileIdentities(tx, row.account_id, row.id)) await removeIdentity(tx, row.account_id, old);
      for (const wanted of input.body.identities ?? []) {
        await putProfileIdentity(tx, rowOf(row, wanted, principal.iamId, now));
      }
      const changed = await touch(tx, deps, row, now);
      const rows = await listProfileIdentities(tx, row.account_id, row.id);
      return {
        output: { entity_tag: changed.entity_tag, identities: rows.map(presentIdentity) },
        headers: { ETag: changed.entity_tag },
        audit: profileFacts(row, { identities: rows.map(({ identifier }) => identifier) }),
      };
    },
  });
}

function add(deps: IamDeps): Handler {
  return handle(addProfileIdentity, {
    async resolve(call) {
      const { params, body } = call.input;
      const found = await resolveToActAs(deps, call, params.id);
      if (found.missing) return found;
      if (body.type !== undefined && body.type !== params.type) {
        const message = 'Field type is not that of the address.';
        throw new RootwardError('INVALID_FIELD', { message, target: { type: 'field', name: 'type' } });
      }
      const missing = await refuseIdentity(deps.store.db, found.record.account_id, { ...body, type: params.type }, '');
      return missing ? { target: found.target, missing } : found;
    },
    async change({ input, principal, now }, found, tx) {
      const row = await currentProfile(tx, found);
      const identity = rowOf(row, { ...input.body, type: input.params.type }, principal.iamId, now);
      await putProfileIdentity(tx, identity);
      if ((await listProfileIdentities(tx, row.account_id, row.id)).length > MOST_IDENTITIES) {
        throw new RootwardError('INVALID_FIELD', { message: `A trusted profile has at most ${MOST_IDENTITIES} identities.` });
      }
      await touch(tx, deps, row, now);
      return { output: presentIdentity(identity), audit: profileFacts(row, { identities: [identity.identifier] }) };
    },
  });
}

function readOne(deps: IamDeps): Handler {
  return handle(getProfileIdentity, {
    async resolve(call) {
      const { id, type, identifier } = call.input.params;
      const found = await resolveProfile(deps.store.db, call.principal.accountId, id);
      if (found.missing) return found;
      const { target, record } = found;
      const rows = await listProfileIdentities(deps.store.db, record.account_id, record.id);
      const row = rows.find((it) => it.type === type && it.identifier === storedIdentifier(type, identifier));
      return row ? { target, record: row } : { target, missing: identityUnknown() };
    },
    run: (_call, row) => ({ output: presentIdentity(row) }),
  });
}

function remove(deps: IamDeps): Handler {
  return handle(deleteProfileIdentity, {
    resolve: (call) => resolveProfile(deps.store.db, call.principal.accountId, call.input.params.id),
    async change({ input, now }, found, tx) {
      const row = await currentProfile(tx, found);
      const { type } = input.params;
      const identifier = storedIdentifier(type, input.params.identifier);
      if (!(await removeIdentity(tx, row.account_id, { profile_id: row.id, type, identifier }))) throw identityUnknown();
      await touch(tx, deps, row, now);
      return { output: undefined, audit: profileFacts(row, { identities: [identifier] }) };
    },
  });
}

function rowOf(profile: TrustedProfileRow, wanted: WantedIdentity, createdBy: string, now: number): ProfileIdentityRow {
  return {
    profile_id: profile.id,
    type: wanted.type,
    identifier: storedIdentifier(wanted.type, wanted.identifier),
    account_id: profile.account_id,
    description: wanted.description || null,
    created_at: now,
    created_by: createdBy,
  };
}

/** Whoever read the identities before has an old entity tag now. */
async function touch(tx: Tx, deps: IamDeps, row: TrustedProfileRow, now: number): Promise<TrustedProfileRow> {
  const changed = { ...row, entity_tag: nextTag(deps, row.entity_tag), modified_at: now };
  await changeProfile(tx, changed);
  return changed;
}

function identityUnknown(): RootwardError {
  return new RootwardError('IAM_NOT_FOUND', { message: 'The identity may not act as this trusted profile.' });
}
