import type { Principal } from '../../../principal.ts';

/** What the server adds to the AAD of a caller: clusters that share a root key cannot open each other's DEKs. */
export function encryptionDomainOf(principal: Principal): string | undefined {
  return principal.kind === 'cluster' ? principal.encryptionDomain : undefined;
}

/** AAD as it is authenticated: a null element means the empty string. */
export function textsOf(aad: readonly (string | null)[] | undefined): readonly string[] {
  return aad?.map((text) => text ?? '') ?? [];
}
