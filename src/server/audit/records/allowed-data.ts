import { cutText } from './cut-text.ts';
import type { AuditData, AuditValue } from './record.ts';

/**
 * The only names that reach requestData and responseData, at any depth. What is not listed is left out, so that a handler which
 * passes a whole body or reply cannot leak a secret. Add a name only if its value may be read by everybody who may read the log.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  // requests to the key service
  'requestURI',
  'instanceID',
  'keyRingId',
  'keyType',
  'initialValue',
  'newValue',
  'updateType',
  'force',
  'eventId',
  'eventType',
  'preventKeyDeletion',
  // replies of the key service
  'keyId',
  'keyState',
  'keyVersionId',
  'keyVersionCreationDate',
  'rewrappedKeyVersionId',
  'expirationDate',
  'daysToKeyExpire',
  'totalResources',
  'deletionDate',
  'purgeAllowedFrom',
  'purgeEligibleOn',
  'maxAllowedRetrievals',
  'remainingRetrievals',
  'resourceCRN',
  'authID',
  'authExpiration',
  'eventAckData',
  'eventAckTimeStamp',
  'newKeyVersionId',
  'newKeyVersionCreationDate',
  'oldKeyVersionId',
  'oldKeyVersionCreationDate',
  // policies of keys and instances
  'rotation',
  'interval_month',
  'dualAuthDelete',
  'enabled',
  'allowedNetwork',
  'allowedIP',
  'keyCreateImportAccess',
  'metrics',
  'allowed_network',
  'allowed_ip',
  'create_root_key',
  'create_standard_key',
  'import_root_key',
  'import_standard_key',
  'enforce_token',
  // identities, access policies and service authorizations
  'iamId',
  'accountId',
  'serviceId',
  'serviceIdName',
  'instances',
  'keyName',
  'groupId',
  'groupName',
  'groups',
  'members',
  'profileId',
  'profileName',
  'identities',
  'ruleId',
  'grantType',
  'email',
  'userState',
  'invitationId',
  'accessGroups',
  'ownerIamId',
  'accountName',
  'policyId',
  'policyType',
  'parentPolicyId',
  'delegatedPolicies',
  'accessGroupId',
  'roles',
  'sourceServiceName',
  'sourceServiceInstance',
  'targetServiceName',
  'targetServiceInstance',
  // resources and clusters
  'resourceGroupId',
  'resourceName',
  'locked',
  'allow_cleanup',
  'reclamationId',
  'reclaimAt',
  'plan',
  'region',
  'clusterId',
  'clusterName',
  'provider',
  'kmsInstanceId',
  'rootKeyId',
  'previousRootKeyId',
  'activation',
  'step',
  'run',
  'attempt',
  'proof',
  'masterStatus',
  'reason',
  'workerCount',
  // the clock of the server
  'clock',
  'serverTime',
]);

const MAX_TEXT = 1024;
const MAX_ITEMS = 64;
const MAX_DEPTH = 4;

/** The part of `data` that may be logged. Long texts and lists are cut; whatever is not plain data is left out. */
export function pickData(data: Readonly<Record<string, unknown>> | undefined): AuditData {
  return data === undefined ? {} : pickFields(data, 0);
}

function pickFields(data: object, depth: number): AuditData {
  const picked: Record<string, AuditValue> = {};
  for (const name of Object.keys(data)) {
    if (!ALLOWED.has(name)) continue;
    const allowed = pickValue((data as Readonly<Record<string, unknown>>)[name], depth);
    if (allowed !== undefined) picked[name] = allowed;
  }
  return picked;
}

function pickValue(value: unknown, depth: number): AuditValue | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return cutText(value, MAX_TEXT);
  if (typeof value !== 'object' || depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).flatMap((item) => pickValue(item, depth + 1) ?? []);
  // Only plain objects: class instances (buffers, secrets, dates) have ways of their own to print.
  return Object.getPrototypeOf(value) === Object.prototype ? pickFields(value, depth + 1) : undefined;
}
