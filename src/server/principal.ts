/** Who asks. Made by authentication only; a decision never looks at anything else about the caller. */
export type Principal = PersonPrincipal | ClusterPrincipal | AnonymousPrincipal;

export interface PersonPrincipal {
  readonly kind: 'user' | 'service-id';
  /** `IBMid-…` or `iam-ServiceId-…`. */
  readonly iamId: string;
  readonly accountId: string;
  readonly name: string;
  readonly credential: 'apikey' | 'token' | 'user';
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
