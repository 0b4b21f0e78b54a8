import { RootwardError } from '../../../contract/errors.ts';
import type { OwnerFacts } from '../api-key-owners/owner-rights.ts';
import { resetCommand } from '../api-key-owners/place.ts';

/** Refuses where the API-key owner does not count any more, or may not use the instance and the key. */
export function wrongOwner(instanceId: string, facts: OwnerFacts | undefined): RootwardError | undefined {
  if (!facts || (facts.owner.problem === undefined && facts.lacks.length === 0)) return undefined;
  const { place, groupName, owner, lacks } = facts;
  const { iamId, name } = owner.principal;
  const person = [iamId, owner.email].filter((text) => text !== '' && text !== name).join(', ');
  const who = `The API-key owner of region ${place.region} and resource group ${groupName}, ${name}${person && ` (${person})`},`;
  const reset = `become the owner yourself with: ${resetCommand(place)}`;
  if (owner.problem !== undefined) {
    return new RootwardError('API_KEY_OWNER_DENIED', {
      message: `${who} does not count any more: ${owner.problem}.`,
      hint: `With the right to use the KMS instance, ${reset}`,
    });
  }
  const roles = lacks.map(({ role, on }) => `the ${KINDS[role]} role ${role} on ${on}`).join(' and ');
  return new RootwardError('API_KEY_OWNER_DENIED', {
    message: `${who} may not use KMS instance ${instanceId}: ${roles} ${lacks.length > 1 ? 'are' : 'is'} missing.`,
    hint: `Give ${name} what is missing, or ${reset}`,
  });
}

const KINDS = { Viewer: 'platform', Reader: 'service' } as const;
