/**
 * Every error that leaves this program, in one table: what HTTP, gRPC and the shell see, whether a caller may try again,
 * and the sentence a person reads. One place per API turns a row into that API's own body (server/error-bodies/).
 */

/** May the same request be sent again? `after-delay`: yes, once a wait is over. */
export type Retry = 'no' | 'after-login' | 'after-delay' | 'yes';

export interface ErrorRow {
  readonly http: number;
  /** The status of Key Protect's API where it differs from ours, and the reason code its clients look for. */
  readonly keyProtect?: { readonly http?: number; readonly reason?: string };
  /** The code that IAM's own API uses for the same thing. */
  readonly iam?: string;
  /** The code that clients of the resource controller look for. */
  readonly resourceController?: string;
  readonly grpc: GrpcStatus;
  /** Exit status of the command line. */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6;
  readonly retry: Retry;
  /** One sentence for people; a thrown error may replace it by a more exact one. */
  readonly text: string;
}

export type GrpcStatus =
  | 'INVALID_ARGUMENT'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'FAILED_PRECONDITION'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'DATA_LOSS'
  | 'INTERNAL'
  | 'UNIMPLEMENTED';

const invalid = { http: 400, grpc: 'INVALID_ARGUMENT', exit: 1, retry: 'no' } as const;
const denied = { http: 403, grpc: 'PERMISSION_DENIED', exit: 4, retry: 'no' } as const;
const missing = { http: 404, grpc: 'NOT_FOUND', exit: 3, retry: 'no' } as const;
const conflict = { http: 409, grpc: 'FAILED_PRECONDITION', exit: 5, retry: 'no' } as const;
const unavailable = { http: 503, grpc: 'UNAVAILABLE', exit: 6, retry: 'yes' } as const;

export const ERRORS = {
  // The request itself
  INVALID_FIELD: { ...invalid, keyProtect: { reason: 'INVALID_FIELD_ERR' }, text: 'A field of the request is not valid.' },
  BAD_BODY: { ...invalid, keyProtect: { reason: 'BAD_BODY_ERR' }, text: 'The body of the request is not valid.' },
  NO_BODY: { ...invalid, keyProtect: { reason: 'NO_BODY_ERR' }, text: 'The request needs a body.' },
  INVALID_QUERY: { ...invalid, keyProtect: { reason: 'INVALID_QUERY_PARAM_ERR' }, text: 'A query parameter is not valid.' },
  COLLECTION_TOTAL_MISMATCH: {
    ...invalid,
    keyProtect: { reason: 'COLLECTION_TOTAL_MISMATCH_ERR' },
    text: 'metadata.collectionTotal is not the number of resources.',
  },
  BODY_TOO_LARGE: { ...invalid, http: 413, text: 'The body of the request is larger than this server accepts.' },
  MEDIA_TYPE: { ...invalid, http: 415, text: 'The media type of the body is not JSON.' },
  ROUTE_NOT_FOUND: { ...missing, text: 'There is no such address here.' },
  METHOD_NOT_ALLOWED: { ...missing, http: 405, text: 'This address does not take that method.' },
  NOT_SUPPORTED: { ...invalid, http: 501, grpc: 'UNIMPLEMENTED', text: 'This is not supported.' },

  // Who asks
  UNAUTHENTICATED: {
    http: 401,
    iam: 'BXNIM0407E',
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'after-login',
    text: 'The access token is missing or not valid.',
  },
  TOKEN_EXPIRED: {
    http: 401,
    iam: 'BXNIM0407E',
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'after-login',
    text: 'The access token has expired.',
  },
  API_KEY_NOT_FOUND: {
    http: 400,
    iam: 'BXNIM0415E',
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'no',
    text: 'Provided API key could not be found.',
  },
  CREDENTIALS_WRONG: {
    http: 400,
    iam: 'BXNIM0602E',
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'no',
    text: 'The e-mail address or the password is wrong.',
  },
  CLIENT_CREDENTIALS: {
    http: 401,
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'no',
    text: 'The client credentials (HTTP Basic) are not valid.',
  },
  SESSION_NONE: { ...missing, text: 'This login has no session: its tokens end by themselves, or with the API key.' },
  SIGNING_KEY_ROTATED: { ...conflict, retry: 'after-delay', text: 'The signing key was rotated less than a minute ago.' },
  GRANT_TYPE: { ...invalid, iam: 'BXNIM0109E', text: 'The grant type is not supported.' },
  LOGIN_FAILED: {
    http: 401,
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'after-login',
    text: 'The login did not succeed. Begin it again.',
  },
  LOGIN_NOT_ADMITTED: { ...denied, text: 'The identity provider knows you, but you are no user of an account here.' },
  LOGIN_PROVIDER_UNKNOWN: { ...missing, text: 'There is no identity provider of this name.' },
  LOGIN_PROVIDER_UNAVAILABLE: { ...unavailable, text: 'The identity provider does not answer as it should. Try again.' },
  ACTION_DENIED: { ...denied, keyProtect: { http: 401 }, text: 'You are not allowed to do this.' },
  ACCOUNT_MISMATCH: { ...denied, text: 'The account that the request names is not the account of the access token.' },
  INSTANCE_UNKNOWN: {
    ...missing,
    keyProtect: { http: 401 },
    text: 'The instance does not exist, or you are not allowed to use it.',
  },

  // Keys
  KEY_NOT_FOUND: { ...missing, keyProtect: { reason: 'KEY_NOT_FOUND_ERR' }, text: 'The key does not exist.' },
  KEY_ROOT_REQUIRED: { ...invalid, keyProtect: { reason: 'KEY_ROOT_REQ_ERR' }, text: 'This action needs a root key.' },
  KEY_PAYLOAD_REQUIRED: {
    ...invalid,
    keyProtect: { reason: 'KEY_PAYLOAD_REQ_ERR' },
    text: 'An imported key is rotated with new key material.',
  },
  KEY_STATE: {
    ...conflict,
    keyProtect: { reason: 'KEY_ACTION_INVALID_STATE_ERR' },
    text: 'The state of the key does not allow this action.',
  },
  KEY_DELETED: {
    http: 410,
    grpc: 'NOT_FOUND',
    exit: 3,
    retry: 'no',
    keyProtect: { reason: 'KEY_DELETED_ERR' },
    text: 'The key has been deleted.',
  },
  KEY_PROTECTS_RESOURCES: {
    ...conflict,
    keyProtect: { reason: 'PROTECTED_RESOURCE_ERR' },
    text: 'The key protects one or more resources. Delete it with force=true only if you are ready to lose them.',
  },
  KEY_DELETION_PREVENTED: {
    ...conflict,
    keyProtect: { reason: 'PREV_KEY_DEL_ERR' },
    text: 'A resource that this key protects prevents its deletion.',
  },
  KEY_ROTATED_TOO_SOON: {
    ...conflict,
    retry: 'after-delay',
    keyProtect: { reason: 'KEY_ROTATION_NOT_PERMITTED' },
    text: 'The key was rotated less than the shortest interval ago.',
  },
  TOO_EARLY: {
    ...conflict,
    retry: 'after-delay',
    keyProtect: { reason: 'REQ_TOO_EARLY_ERR' },
    text: 'The previous change of this key is too recent.',
  },
  KEY_RESTORE_EXPIRED: {
    ...invalid,
    keyProtect: { reason: 'KEY_RESTORE_EXPIRED' },
    text: 'The key was deleted too long ago to be restored.',
  },
  KEY_EXPIRED: {
    ...invalid,
    keyProtect: { reason: 'KEY_EXPIRED_ERR' },
    text: 'The key has expired and cannot be restored.',
  },
  KEY_DELETION_AUTHORIZATIONS: {
    ...conflict,
    keyProtect: { reason: 'AUTHORIZATIONS_NOT_MET' },
    text: 'This key is deleted by two people: 1 prior authorization by somebody else is required.',
  },
  KEY_NOT_DUAL_AUTH: {
    ...conflict,
    keyProtect: { reason: 'NOT_DUAL_AUTH_ERR' },
    text: 'The key has no dual-authorization policy for its deletion.',
  },
  KEY_DUAL_AUTH_KEPT: {
    ...conflict,
    keyProtect: { reason: 'KEY_DUAL_AUTH_KEPT_ERR' },
    text: 'Dual authorization cannot be taken off a key once it is on.',
  },
  KEY_CREATION_DENIED: {
    ...conflict,
    keyProtect: { reason: 'KEY_CREATE_IMPORT_ACCESS_ERR' },
    text: 'The key creation policy of the instance does not allow this kind of key.',
  },
  KEY_QUOTA: {
    ...conflict,
    keyProtect: { reason: 'KEY_QUOTA_ERR' },
    text: 'The instance has as many keys as it may have.',
  },
  KEY_SEARCH_TOO_BROAD: {
    ...invalid,
    keyProtect: { reason: 'KEY_SEARCH_TOO_BROAD' },
    text: 'Too many keys would have to be searched. Narrow the search by state, extractable, filter or key ring.',
  },
  KEY_RING_NOT_FOUND: {
    ...missing,
    keyProtect: { reason: 'KEY_RING_NOT_FOUND_ERR' },
    text: 'The key ring does not exist.',
  },
  KEY_RING_EXISTS: {
    ...conflict,
    keyProtect: { reason: 'KEY_RING_NOT_UNIQUE_ERR' },
    text: 'A key ring with this id exists already.',
  },
  KEY_RING_NOT_EMPTY: {
    ...conflict,
    keyProtect: { reason: 'KEY_RING_NOT_EMPTY_ERR' },
    text: 'The key ring still holds keys.',
  },
  KEY_RING_QUOTA: {
    ...conflict,
    keyProtect: { reason: 'KEY_RING_QUOTA_ERR' },
    text: 'The instance has as many key rings as it may have.',
  },
  KEY_ALIAS_NOT_FOUND: {
    ...missing,
    keyProtect: { reason: 'KEY_ALIAS_NOT_FOUND_ERR' },
    text: 'The key has no such alias.',
  },
  KEY_ALIAS_NOT_UNIQUE: {
    ...conflict,
    keyProtect: { reason: 'KEY_ALIAS_NOT_UNIQUE_ERR' },
    text: 'The alias is used by a key of this instance already.',
  },
  KEY_ALIAS_QUOTA: {
    ...conflict,
    keyProtect: { reason: 'KEY_ALIAS_QUOTA_ERR' },
    text: 'The key has as many aliases as it may have.',
  },
  POLICY_QUERY_MISMATCH: {
    ...invalid,
    keyProtect: { reason: 'BODY_QUERY_PARAM_MISMATCH_ERR' },
    text: 'The body holds another kind of policy than the query parameter names.',
  },
  POLICY_RESOURCE_COUNT: {
    ...invalid,
    keyProtect: { reason: 'NUM_COLLECTION_RESOURCE_ERR' },
    text: 'With the query parameter policy, the body holds exactly one resource.',
  },
  IMPORT_TOKEN_EXPIRED: {
    ...conflict,
    keyProtect: { reason: 'IMPORT_TOKEN_EXPIRED_ERR' },
    text: 'There is no import token, or it has expired or was retrieved as often as it may be.',
  },
  IMPORT_NONCE: {
    ...invalid,
    keyProtect: { reason: 'INCORRECT_NONCE_ERR' },
    text: 'The nonce is not that of the import token.',
  },
  IMPORT_NONCE_IV: {
    ...invalid,
    keyProtect: { reason: 'INCORRECT_NONCE_IV_ERR' },
    text: 'The encrypted nonce cannot be decrypted with the key material and the iv.',
  },
  NETWORK_DENIED: {
    ...denied,
    keyProtect: { http: 401 },
    text: 'The network policy of the instance does not allow requests from there.',
  },
  CIPHERTEXT_INVALID: {
    ...invalid,
    http: 422,
    keyProtect: { reason: 'UNPROCESSABLE_CIPHERTEXT_ERR' },
    // One sentence for every cause, so that nobody learns which part was wrong.
    text: 'The ciphertext cannot be unwrapped with this key and additional authenticated data.',
  },
  REGISTRATION_NOT_FOUND: {
    ...missing,
    keyProtect: { reason: 'REGISTRATION_NOT_FOUND_ERR' },
    text: 'The registration does not exist.',
  },
  REGISTRATION_KEY_STATE: {
    ...invalid,
    http: 422,
    keyProtect: { reason: 'KEY_INVALID_STATE_ERR' },
    text: 'The state of the key does not allow this change of a registration.',
  },
  REGISTRATION_ROOT_REQUIRED: {
    ...invalid,
    http: 422,
    keyProtect: { reason: 'KEY_ROOT_REQ_REG_ERR' },
    text: 'Only a root key can protect a registered resource.',
  },
  REGISTRATION_KEY_VERSION: {
    ...invalid,
    http: 422,
    keyProtect: { reason: 'KEY_VERSION_INVALID' },
    text: 'The key version is unknown, or older than the one on record.',
  },
  SERVICE_ONLY: { ...denied, keyProtect: { reason: 'SERVICE_ONLY_ERR' }, text: 'Only a service may do this.' },
  RESOURCE_OWNER: { ...denied, keyProtect: { reason: 'RESOURCE_OWNER_ERR' }, text: 'The resource belongs to another service.' },

  INSTANCE_UNINITIALIZED: {
    ...conflict,
    keyProtect: { reason: 'INSTANCE_UNINITIALIZED_ERR' },
    text: 'The instance has to be initialized before it can hold keys.',
  },

  // IAM and resources
  POLICY_NOT_FOUND: { ...missing, iam: 'policy_not_found', text: 'The policy does not exist.' },
  POLICY_DELEGATED: {
    ...conflict,
    text: 'The policy was created by a service. It cannot be changed, and only that service creates it again.',
  },
  POLICY_IN_USE: { ...conflict, text: 'Clusters live on this service authorization.' },
  POLICY_CONFLICT: { ...conflict, iam: 'policy_conflict_error', text: 'The same policy exists already.' },
  ROLE_NOT_FOUND: { ...invalid, iam: 'role_not_found', text: 'The role does not exist for this service.' },
  IAM_NOT_FOUND: { ...missing, iam: 'not_found', text: 'The identity or API key does not exist.' },
  ENTITY_TAG: {
    ...conflict,
    iam: 'conflict',
    text: 'It was changed meanwhile: If-Match does not name its current entity tag. Read it again.',
  },
  ENTITY_LOCKED: { ...conflict, http: 423, iam: 'locked', text: 'It is locked. Unlock it first.' },
  NAME_TAKEN: { ...conflict, iam: 'name_conflict', text: 'The name is taken in this account.' },
  GROUP_HAS_MEMBERS: {
    ...conflict,
    iam: 'group_not_empty',
    text: 'The access group has members. Remove them first, or delete it with force=true.',
  },
  USER_EXISTS: { ...conflict, text: 'Somebody with this e-mail address is a user of the account already.' },
  USER_STATE: { ...conflict, text: 'The state of the user does not allow this.' },
  ACCOUNT_OWNER: {
    ...conflict,
    text: 'The owner of an account cannot be removed or disabled. Hand the account over to another user first.',
  },
  SERVICE_UNKNOWN: { ...invalid, text: 'The plan or service is not offered here.' },
  RESOURCE_NOT_FOUND: { ...missing, text: 'The resource instance does not exist.' },
  RESOURCE_GONE: { http: 410, grpc: 'NOT_FOUND', exit: 3, retry: 'no', text: 'The resource instance has been removed.' },
  INSTANCE_HAS_KEYS: {
    ...conflict,
    resourceController: 'RC-ServiceBrokerErrorResponse',
    text: 'The instance still contains keys. Delete every key first.',
  },
  INSTANCE_LOCKED: { ...conflict, text: 'The instance is locked: it can be neither changed nor deleted. Unlock it first.' },
  OPERATION_ENDED: { ...conflict, text: 'The last operation of the instance has ended and cannot be cancelled any more.' },
  RECLAMATION_NOT_FOUND: { ...missing, text: 'The reclamation does not exist.' },
  RECLAMATION_ENDED: { ...conflict, text: 'The reclamation has ended: its instance was restored or removed for good.' },
  RESOURCE_GROUP_NAME_TAKEN: { ...conflict, text: 'A resource group with this name exists already.' },
  RESOURCE_GROUP_DEFAULT: { ...conflict, text: 'The default resource group cannot be deleted.' },
  RESOURCE_GROUP_NOT_EMPTY: { ...conflict, text: 'Instances or clusters are still in this resource group.' },
  CATALOG_NOT_FOUND: { ...missing, text: 'The catalog has no such entry.' },
  SEARCH_QUERY: { ...invalid, text: 'The search was not understood.' },
  INSTANCE_ACTIVE_CLUSTERS: { ...conflict, text: 'Clusters still use a root key of this instance.' },

  // Clusters
  CLUSTER_NOT_FOUND: { ...missing, text: 'The specified cluster could not be found.' },
  CLUSTER_NAME_TAKEN: { ...conflict, text: 'A cluster with this name exists already.' },
  CLUSTER_BUSY: {
    ...conflict,
    retry: 'after-delay',
    text: 'Another operation on the master of this cluster is in progress. Wait until the master is Ready.',
  },
  CLUSTER_SUSPENDED: {
    ...conflict,
    text: 'The control plane of this cluster is suspended, because its root key cannot be used.',
  },
  ROOT_KEY_PREVIOUS: {
    ...invalid,
    text: 'This root key protected the cluster before and was replaced. A previous root key cannot be used again for the same cluster.',
  },
  ROOT_KEY_UNUSABLE: { ...invalid, text: 'The key cannot protect a cluster.' },
  KMS_INSTANCE_UNKNOWN: { ...invalid, http: 404, exit: 3, text: 'The KMS instance does not exist.' },
  SERVICE_AUTHORIZATION_MISSING: {
    ...denied,
    text: 'The service authorization that lets the Kubernetes service use this KMS provider is missing.',
  },
  API_KEY_OWNER_DENIED: {
    ...denied,
    text: 'The owner of the API key of this region and resource group may not use the KMS instance.',
  },
  API_KEY_OWNER_NONE: { ...missing, text: 'Nobody owns an API key of this region and resource group.' },
  CONTROL_PLANE_UNAVAILABLE: { ...unavailable, text: 'This server cannot run hosted control planes.' },
  STEP_FENCED: { ...conflict, text: 'Another agent has taken over this step.' },
  STEP_ORDER: { ...conflict, text: 'This step needs what an earlier step has not done yet.' },
  PREFLIGHT_REFUSED: { ...conflict, text: 'The control plane does not meet a condition for sealing its Secrets.' },
  ENCRYPTION_CONFIG: { ...invalid, text: 'The EncryptionConfiguration is not valid.' },
  PLUGIN_NOT_READY: { ...unavailable, text: 'The KMS plugin does not answer with the expected key yet.' },
  APISERVER_UNREACHABLE: { ...unavailable, text: 'The kube-apiserver cannot be reached.' },
  APISERVER_NOT_BACK: { ...unavailable, retry: 'no', text: 'A kube-apiserver did not come back with the new configuration.' },
  ETCD_UNREACHABLE: { ...unavailable, text: 'etcd cannot be reached.' },
  ETCD_VALUE: { http: 500, grpc: 'DATA_LOSS', exit: 2, retry: 'no', text: 'A value in etcd could not be classified.' },
  NOT_CONVERGED: { ...conflict, text: 'A kube-apiserver does not write under the expected key.' },
  MIGRATION_INCOMPLETE: { ...conflict, text: 'Some objects are not sealed by the expected key.' },
  PROOF_FAILED: { ...conflict, text: 'The proof found objects or files that are not sealed by the expected key.' },

  // The KMS provider beside an apiserver
  NO_ACTIVATION: { ...conflict, text: 'No root key is active for this cluster.' },
  BLOB_INVALID: { ...invalid, text: 'The ciphertext was not made by a KMS provider of this system.' },
  BLOB_DAMAGED: {
    ...invalid,
    http: 422,
    grpc: 'DATA_LOSS',
    text: 'The ciphertext does not authenticate: it was changed, damaged, or made for another cluster.',
  },

  // The service itself
  SEALED: { ...unavailable, text: 'The service is sealed.' },
  SEAL_KEY: { http: 503, grpc: 'UNAVAILABLE', exit: 4, retry: 'no', text: 'The key of the seal cannot be used.' },
  SEAL_MISMATCH: { http: 503, grpc: 'UNAVAILABLE', exit: 4, retry: 'no', text: 'This seal does not open the service.' },
  SEAL_ENVELOPE: { http: 503, grpc: 'DATA_LOSS', exit: 2, retry: 'no', text: 'A seal envelope is damaged or was changed.' },
  RECOVERY_CODE: { ...invalid, text: 'The recovery code is mistyped.' },
  AUDIT_UNAVAILABLE: { ...unavailable, text: 'The audit record could not be made durable, so the result is withheld.' },
  REPLICA_BEHIND: { ...unavailable, text: 'This server has not confirmed the newest changes. Try again.' },
  STORE_UNAVAILABLE: { ...unavailable, text: 'The database cannot be reached. Try again.' },
  OVERLOADED: {
    ...unavailable,
    http: 429,
    grpc: 'RESOURCE_EXHAUSTED',
    retry: 'after-delay',
    text: 'Too many requests. Try again later.',
  },
  SHUTTING_DOWN: { ...unavailable, text: 'The server is shutting down. Try again.' },
  ROW_INTEGRITY: {
    http: 500,
    grpc: 'DATA_LOSS',
    exit: 2,
    retry: 'no',
    text: 'A stored record does not authenticate. It was changed, moved or damaged.',
  },
  BACKUP_DAMAGED: { http: 500, grpc: 'DATA_LOSS', exit: 2, retry: 'no', text: 'The backup archive does not verify.' },
  BACKUP_TARGET: { ...conflict, text: 'A backup is restored into an empty place only.' },
  BACKUP_FILE: { ...invalid, text: 'The backup archive cannot be written or read there.' },
  BACKUP_RUNNING: { ...conflict, retry: 'after-delay', text: 'Another backup is being made.' },
  AUDIT_CHAIN: { http: 500, grpc: 'DATA_LOSS', exit: 2, retry: 'no', text: 'The audit log does not verify.' },
  INTERNAL: {
    http: 500,
    grpc: 'INTERNAL',
    exit: 2,
    retry: 'yes',
    text: 'Something went wrong inside the server. The incident id finds it in the log.',
  },

  // The command line and the processes beside it
  USAGE: { ...invalid, text: 'The command was not understood.' },
  CONFIG: { ...invalid, text: 'The configuration is not valid.' },
  NOT_LOGGED_IN: {
    http: 401,
    grpc: 'UNAUTHENTICATED',
    exit: 4,
    retry: 'after-login',
    text: 'No server and API key are known. Set ROOTWARD_URL and ROOTWARD_API_KEY.',
  },
  PORT_TAKEN: { ...unavailable, exit: 4, retry: 'no', text: 'The port is taken by another process.' },
  DATA_DIR_IN_USE: { ...unavailable, exit: 4, retry: 'no', text: 'Another server uses this data directory.' },
  REPLICA_IN_USE: { ...unavailable, exit: 4, retry: 'no', text: 'Another replica runs by the same name.' },
  SERVER_UNREACHABLE: { ...unavailable, text: 'The server cannot be reached.' },
  BINARIES_UNAVAILABLE: {
    ...unavailable,
    exit: 6,
    retry: 'no',
    text: 'kube-apiserver and etcd could not be found, downloaded or built.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetails {
  /** A sentence that is more exact than the table's. It never contains a secret. */
  readonly message?: string;
  /** What the person can do now; the command line prints it as `hint:`. */
  readonly hint?: string;
  /** The field, query parameter or header that is wrong. */
  readonly target?: { readonly type: 'field' | 'query_param' | 'header'; readonly name: string };
  readonly retryAfterSeconds?: number;
  /** The policy that is in the way, at its current revision. */
  readonly conflictsWith?: { readonly etag: string; readonly policy: string; readonly role?: string };
  readonly cause?: unknown;
}

/** The one error class. Anything else that is thrown leaves the server as INTERNAL, with an incident id and nothing more. */
export class RootwardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly target: ErrorDetails['target'];
  readonly retryAfterSeconds: number | undefined;
  readonly conflictsWith: ErrorDetails['conflictsWith'];

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERRORS[code].text, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RootwardError';
    this.code = code;
    this.hint = details.hint;
    this.target = details.target;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.conflictsWith = details.conflictsWith;
  }

  get row(): ErrorRow {
    return ERRORS[this.code];
  }
}
