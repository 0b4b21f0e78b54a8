import { RootwardError } from '../../../../contract/errors.ts';
import * as types from '../../../../contract/tokens/grant.ts';
import { apiKeyGrant } from './api-key.ts';
import { assumeGrant } from './assume.ts';
import { delegatedRefreshGrant } from './delegated-refresh.ts';
import type { Grant } from './grant.ts';
import { iamAuthzGrant } from './iam-authz.ts';
import { passcodeGrant } from './passcode.ts';
import { passwordGrant } from './password.ts';
import { refreshGrant } from './refresh.ts';

const GRANTS: ReadonlyMap<string, Grant> = new Map([
  [types.API_KEY_GRANT, apiKeyGrant],
  [types.REFRESH_GRANT, refreshGrant],
  [types.PASSWORD_GRANT, passwordGrant],
  [types.PASSCODE_GRANT, passcodeGrant],
  [types.ASSUME_GRANT, assumeGrant],
  [types.IAM_AUTHZ_GRANT, iamAuthzGrant],
  [types.DELEGATED_REFRESH_GRANT, delegatedRefreshGrant],
]);

export const GRANT_TYPES: readonly string[] = [...GRANTS.keys()];

/** Throws GRANT_TYPE for what is no way to get a token here. */
export function grantOf(type: string): Grant {
  const grant = GRANTS.get(type);
  if (grant) return grant;
  if (type !== types.CR_TOKEN_GRANT) throw new RootwardError('GRANT_TYPE');
  throw new RootwardError('GRANT_TYPE', {
    message: 'Compute resource tokens (cr-token) are those of a cloud, and there are none here.',
    hint: 'Use the API key of a service ID, or act as a trusted profile with grant assume.',
  });
}
