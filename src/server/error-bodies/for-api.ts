import type { RootwardError } from '../../contract/errors.ts';
import { isIdentityPath } from '../../contract/identity-errors.ts';
import type { Api } from '../../contract/operation.ts';
import { containersErrorBody } from './containers.ts';
import { iamErrorBody, identityErrorBody, tokenErrorBody } from './iam.ts';
import { keyProtectErrorBody, keyProtectStatus } from './key-protect.ts';
import { resourceErrorBody } from './resource-controller.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: unknown;
}

/** The one place where an error becomes the reply of the API that was asked. */
export function errorReply(api: Api, error: RootwardError, correlationId: string, url: string): ErrorReply {
  const status = error.row.http;
  switch (api) {
    case 'key-protect':
      return { status: keyProtectStatus(error), body: keyProtectErrorBody(error) };
    case 'iam':
      if (isIdentityPath(url)) return { status, body: identityErrorBody(error, correlationId) };
      return {
        status,
        body: /^\/(identity|oidc)\//.test(url)
          ? tokenErrorBody(error, correlationId, url)
          : iamErrorBody(error, correlationId, url),
      };
    case 'containers':
      return { status, body: containersErrorBody(error, correlationId) };
    case 'resource-controller':
    case 'rootward':
      return { status, body: resourceErrorBody(error, correlationId) };
  }
}

/** Which API an address that leads nowhere would have belonged to. */
export function apiOfPath(path: string): Api {
  if (path.startsWith('/api/v2/')) return 'key-protect';
  if (
    /^\/(identity|oidc|v1\/(apikeys|serviceids|profiles|signing-keys|policies|accounts|users|invitations)|v2\/users|v[23]\/accounts|v2\/(authz|policies|groups)|v[12]\/roles)(\/|$)/.test(
      path,
    )
  )
    return 'iam';
  if (/^\/(v1\/(resource_|reclamations)|v2\/(resource_|quota_)|v3\/|api\/v1(\/|$))/.test(path)) return 'resource-controller';
  if (/^\/(global\/)?v[12]\//.test(path)) return 'containers';
  return 'rootward';
}
