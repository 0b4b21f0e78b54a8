import type { Action } from '../../../contract/actions.ts';
import { findApiKeyOwner, type OwnerPlace } from '../../../store/clusters/api-key-owners.ts';
import { findGroup } from '../../../store/iam/groups.ts';
import type { Db } from '../../../store/store.ts';
import type { Decide } from '../../iam/decide/decision.ts';
import type { Principal } from '../../principal.ts';
import type { Target } from '../../target.ts';
import { canOwnApiKey } from './become-owner.ts';
import { type KeyOwner, readIdentity, readOwner } from './read-owner.ts';

/** A role that using an existing root key needs, in the words of a refusal. */
export interface NeededRole {
  readonly role: 'Viewer' | 'Reader';
  readonly on: string;
}

/** What a refusal for want of the owner's rights is made of. */
export interface OwnerFacts {
  readonly place: OwnerPlace;
  readonly groupName: string;
  readonly owner: KeyOwner;
  /** Roles that the owner lacks. */
  readonly lacks: readonly NeededRole[];
}

const READER: readonly Action[] = ['kms.secrets.list', 'kms.secrets.readmetadata'];

/** May the owner of a place use a key? Where nobody owns it yet, the caller would. Decides as that person would be decided about. */
export async function readOwnerFacts(
  deps: { readonly db: Db; readonly decide: Decide },
  place: OwnerPlace,
  asked: { readonly principal: Principal; readonly now: number; readonly instance: Target; readonly key: Target },
): Promise<OwnerFacts> {
  const row = await findApiKeyOwner(deps.db, place);
  const owner = row ? await readOwner(deps.db, row, asked.now) : await ownerToBe(deps.db, asked.principal);
  const group = await findGroup(deps.db, place.accountId, place.resourceGroupId);
  const may = async (action: Action, target: Target) => (await deps.decide(owner.principal, action, target)).allowed;
  const lacks: NeededRole[] = [];
  if (!(await may('resource-controller.instance.retrieve', asked.instance))) lacks.push({ role: 'Viewer', on: 'the instance' });
  for (const action of READER) {
    if (await may(action, asked.key)) continue;
    lacks.push({ role: 'Reader', on: 'the key' });
    break;
  }
  return { place, groupName: group?.name ?? place.resourceGroupId, owner, lacks };
}

async function ownerToBe(db: Db, principal: Principal): Promise<KeyOwner> {
  const identity = await readIdentity(db, principal.accountId, principal.iamId);
  if (canOwnApiKey(principal)) return identity;
  return {
    ...identity,
    principal: { ...identity.principal, name: principal.name },
    problem: 'a trusted profile cannot own an API key',
  };
}
