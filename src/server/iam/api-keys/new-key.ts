import type { Barrier } from '../../../crypto/barrier.ts';
import { type ApiKeyRow, insertApiKey } from '../../../store/iam/api-keys.ts';
import { NEVER_AUTHENTICATED } from '../../../store/iam/authentications.ts';
import type { Tx } from '../../../store/store.ts';
import { firstTag } from '../entity-tag.ts';
import type { IdSource } from '../iam-deps.ts';
import { hashSecret, newSecret } from './secret.ts';

export interface KeyMaking extends IdSource {
  readonly barrier: Barrier;
}

export interface NewApiKey {
  readonly iamId: string;
  readonly accountId: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Only for cluster identities. */
  readonly purpose?: 'plugin' | 'agent';
  /** The caller's own secret instead of a generated one. */
  readonly secret?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly locked?: boolean;
  readonly disabled?: boolean;
  readonly createdBy: string;
  readonly now: number;
}

/** Stores a new API key and gives its secret, which cannot be read again. */
export async function createApiKey(tx: Tx, deps: KeyMaking, wanted: NewApiKey): Promise<{ row: ApiKeyRow; secret: string }> {
  const secret = wanted.secret ?? newSecret(deps);
  const row: ApiKeyRow = {
    id: `ApiKey-${deps.newId()}`,
    account_id: wanted.accountId,
    iam_id: wanted.iamId,
    name: wanted.name,
    description: wanted.description ?? null,
    secret_hash: hashSecret(deps.barrier, secret),
    purpose: wanted.purpose ?? null,
    entity_tag: firstTag(deps),
    locked: wanted.locked ? 1 : 0,
    disabled: wanted.disabled ? 1 : 0,
    expires_at: wanted.expiresAt ?? null,
    created_at: wanted.now,
    created_by: wanted.createdBy,
    modified_at: wanted.now,
    previous_secret_hash: null,
    previous_until: null,
    secret_epoch: 0,
    ...NEVER_AUTHENTICATED,
  };
  await insertApiKey(tx, row);
  return { row, secret };
}
