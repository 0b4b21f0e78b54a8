/** Who asks. Made by authentication only; a decision never looks at anything else about the caller. */
export type Principal = PersonPrincipal | ClusterPrincipal | ServicePrincipal | AnonymousPrincipal;

export interface PersonPrincipal {
  readonly kind: 'user' | 'service-id' | 'profile';
  /** `IBMid-…`, `iam-ServiceId-…` or `iam-Profile-…`. */
  readonly iamId: string;
  readonly accountId: string;
  readonly name: string;
  readonly credential: 'apikey' | 'token' | 'user';
  /** What the login came by, and ends with. Absent: no token stands behind it. */
  readonly login?: LoginSource;
  /** Who acts as this trusted profile. */
  readonly actor?: { readonly iamId: string; readonly name: string };
}

/** The API key or the session that a token hangs on; of a session that was begun with an API key, both. */
export interface LoginSource {
  readonly apiKeyId?: string;
  /** Where it hangs on the API key alone: how often a secret of the key had been stopped at once by then. Absent: never. */
  readonly secretEpoch?: number;
  readonly sessionId?: string;
}

/** An instance of a service other than a cluster, by its CRN. Only service authorizations of its service let it do anything. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `crn-<CRN>`. */
  readonly iamId: string;
  readonly accountId: string;
  readonly name: string;
  readonly credential: 'token';
  readonly crn: string;
  /** What conditions on the source of a service authorization are held against. */
  readonly source: {
    readonly serviceName: string;
    readonly accountId: string;
    readonly serviceInstance?: string;
    readonly region?: string;
    readonly resourceType?: string;
    readonly resource?: string;
  };
}

/** A cluster's own identity. Its plugin, its agent and the server acting for it are told apart by `role`. */
export interface ClusterPrincipal {
  readonly kind: 'cluster';
  /** `crn-<CRN of the cluster>`. */
  readonly iamId: string;
  readonly accountId: string;
  readonly name: string;
  readonly credential: 'token';
  readonly crn: string;
  readonly clusterId: string;
  readonly region: string;
  readonly resourceGroupId: string;
  readonly role: 'plugin' | 'agent' | 'service';
  /** Part of every AAD of this cluster's wraps. */
  readonly encryptionDomain: string;
}

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  readonly iamId: '';
  readonly accountId: '';
  readonly name: 'anonymous';
  readonly credential: 'token';
}

export const ANONYMOUS: AnonymousPrincipal = {
  kind: 'anonymous',
  iamId: '',
  accountId: '',
  name: 'anonymous',
  credential: 'token',
};
