import { RootwardError } from '../../../../contract/errors.ts';
import type { NewKey } from '../../../../contract/keys/creation/create.ts';
import { KEY_TYPE, type Key } from '../../../../contract/keys/key.ts';
import { SecretBytes } from '../../../../crypto/secret-bytes.ts';
import type { InstanceRow } from '../../../../store/instances.ts';
import { instancePoliciesOfChange } from '../../../../store/kms/instance-policies.ts';
import type { Tx } from '../../../../store/store.ts';
import type { Outcome } from '../../../handler.ts';
import { formatInstant, parseInstant } from '../../../instant.ts';
import type { NewKeyRow } from '../../../key-rows.ts';
import type { Principal } from '../../../principal.ts';
import { importedMaterial } from '../../import-tokens/imported-material.ts';
import { allowCreation } from '../../instance-policies/allow-creation.ts';
import { addAliases } from '../../key-aliases/add-aliases.ts';
import { GENERATED_KEY_BYTES } from '../../key-material.ts';
import { givePolicies, type PolicyOverrides } from '../../key-policies/give-policies.ts';
import { targetRing } from '../../key-rings/target-ring.ts';
import type { KmsDeps } from '../../kms-deps.ts';
import { auditedKey } from '../audited-key.ts';
import { presentKey } from '../present.ts';
import { refuseOverQuota } from './key-quota.ts';
import { prefersMinimal } from './prefer.ts';

export interface KeyOrder {
  readonly principal: Principal;
  readonly now: number;
  readonly instance: InstanceRow;
  readonly headers: { readonly 'x-kms-key-ring'?: string | undefined; readonly prefer?: string | undefined };
  readonly wanted: NewKey;
  /** Policies of this key alone; absent: it inherits what the instance's policies say. */
  readonly overrides?: PolicyOverrides;
}

interface MadeKey {
  metadata: { collectionType: string; collectionTotal: number };
  resources: Key[];
}

/** Makes a key, Active at once, with its aliases and policies, in one transaction: either all of it is there, or nothing. */
export async function makeKey(deps: KmsDeps, tx: Tx, order: KeyOrder): Promise<Outcome<MadeKey>> {
  const { instance, wanted, now, principal } = order;
  const isStandard = wanted.extractable ?? true;
  const isImported = wanted.payload !== undefined;
  const ring = await targetRing(tx, instance, order.headers['x-kms-key-ring']);
  refuseOtherRing(wanted.keyRingID, ring);
  const policies = await instancePoliciesOfChange(tx, instance.guid);
  allowCreation(policies, {
    isStandard,
    isImported,
    isByToken: wanted.encryptedNonce !== undefined,
  });
  await refuseOverQuota(deps, tx, instance);
  using material = (await importedMaterial(deps, tx, instance, wanted, now)) ?? SecretBytes.random(GENERATED_KEY_BYTES);
  const id = deps.newId();
  // The first version has the id of its key, as Key Protect's own data shows it.
  const versionId = id;
  const made: NewKeyRow = {
    id,
    instance_id: instance.guid,
    account_id: instance.account_id,
    key_ring_id: ring,
    name: wanted.name,
    description: wanted.description ?? null,
    tags: JSON.stringify(wanted.tags ?? []),
    extractable: isStandard ? 1 : 0,
    imported: isImported ? 1 : 0,
    state: 1,
    current_version_id: versionId,
    created_at: now,
    created_by: principal.iamId,
    updated_at: null,
    rotated_at: null,
    state_changed_at: now,
    expires_at: expiryOf(wanted.expirationDate, now),
    deleted_at: null,
    deleted_by: null,
    deletion_authorized_by: null,
    deletion_authorized_at: null,
  };
  const row = await deps.keyRows.insert(tx, made, {
    id: versionId,
    key_id: id,
    instance_id: instance.guid,
    account_id: instance.account_id,
    number: 1,
    sealed_material: deps.material.createVersion(instance, id, versionId, isStandard ? 'standard-key' : 'key-version', material),
    created_at: now,
    backup_id: null,
  });
  const by = { by: principal.iamId, now };
  const aliases = await addAliases(deps, tx, row, wanted.aliases ?? [], by);
  const given = await givePolicies(deps, tx, row, policies, order.overrides, by);
  const facts = { aliases: aliases.map(({ alias }) => alias), policies: given };
  const shown = presentKey(instance, row, facts, now, deps.lifecycle);
  if (isStandard && !prefersMinimal(order.headers.prefer)) shown.payload = material.use((bytes) => bytes.toString('base64'));
  const expirationDate = row.expires_at === null ? {} : { expirationDate: formatInstant(row.expires_at) };
  return {
    output: { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [shown] },
    audit: {
      requestData: { keyType: isStandard ? 'standard_key' : 'root_key', keyRingId: ring, ...expirationDate },
      responseData: { ...auditedKey(row, now), keyVersionId: versionId },
    },
  };
}

/** The ring that was decided about is that of the header: a body that names another one must not be left aside. */
function refuseOtherRing(named: string | undefined, ring: string): void {
  if (named === undefined || named === ring) return;
  throw new RootwardError('INVALID_FIELD', {
    message: `keyRingID names another key ring than the one that the key goes to, ${ring}.`,
    hint: 'The header X-Kms-Key-Ring names the key ring of a new key.',
    target: { type: 'field', name: 'keyRingID' },
  });
}

function expiryOf(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const expiresAt = parseInstant(text);
  if (expiresAt !== undefined && expiresAt > now) return expiresAt;
  throw new RootwardError('INVALID_FIELD', {
    message: 'expirationDate must be an instant in the future.',
    target: { type: 'field', name: 'expirationDate' },
  });
}
