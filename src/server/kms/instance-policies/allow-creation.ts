import { RootwardError } from '../../../contract/errors.ts';
import type { InstancePolicyAttributes } from '../../../contract/instance-policies/instance-policy.ts';
import type { InstanceRow } from '../../../store/instances.ts';
import { findInstancePolicy, type InstancePolicyRow } from '../../../store/kms/instance-policies.ts';
import type { Tx } from '../../../store/store.ts';
import { attributesOf } from './attributes.ts';

export interface Creation {
  readonly isStandard: boolean;
  readonly isImported: boolean;
  /** The material comes encrypted for the import token. */
  readonly isByToken: boolean;
}

/** Throws KEY_CREATION_DENIED unless the key creation policy, one of the instance's policies, allows this kind of key. */
export function allowCreation(policies: readonly InstancePolicyRow[], creation: Creation): void {
  const rules = creationRules(policies.find(({ type }) => type === 'keyCreateImportAccess'));
  if (!rules) return;
  const { isStandard, isImported } = creation;
  const what = isStandard ? 'standard' : 'root';
  const rule = `${isImported ? 'import' : 'create'}_${what}_key` as const;
  if (rules[rule] === false)
    throw denied(`The key creation policy of the instance does not let ${what} keys be ${isImported ? 'imported' : 'created'}.`);
  if (isImported) requireToken(rules, creation.isByToken);
}

/**
 * The same for material that is brought to a key that is there already, by its rotation or restoration: only whether it comes by an
 * import token counts, since the policy does not touch existing keys otherwise.
 */
export async function allowMaterial(tx: Tx, instance: InstanceRow, isByToken: boolean): Promise<void> {
  const rules = creationRules(await findInstancePolicy(tx, instance.guid, 'keyCreateImportAccess'));
  if (rules) requireToken(rules, isByToken);
}

function requireToken({ enforce_token }: InstancePolicyAttributes, isByToken: boolean): void {
  if (enforce_token === true && !isByToken)
    throw denied('The key creation policy of the instance lets key material in only by an import token.');
}

function creationRules(policy: InstancePolicyRow | undefined): InstancePolicyAttributes | undefined {
  return policy?.enabled === 1 ? attributesOf(policy) : undefined;
}

const denied = (message: string): RootwardError => new RootwardError('KEY_CREATION_DENIED', { message });
