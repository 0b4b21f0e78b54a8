import { createPasscode } from '../../../contract/passcodes/create.ts';
import { endSession } from '../../../contract/sessions/end.ts';
import { createToken } from '../../../contract/tokens/create.ts';
import { describeIssuer } from '../../../contract/tokens/discovery.ts';
import { DELEGATED_RESPONSE } from '../../../contract/tokens/grant.ts';
import { introspectToken } from '../../../contract/tokens/introspect.ts';
import { listSigningKeys } from '../../../contract/tokens/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { GRANT_TYPES } from './grants/list.ts';
import { PUBLIC_TARGET } from './public-target.ts';

const CLAIMS = ['iss', 'iam_id', 'id', 'realmid', 'identifier', 'sub', 'sub_type', 'name', 'given_name', 'family_name', 'email'];
const MORE_CLAIMS = ['account', 'authn', 'act', 'iat', 'exp', 'jti', 'grant_type', 'scope', 'client_id', 'acr', 'amr'];

export function describeIssuerHandler(deps: IamDeps): Handler {
  const at = (path: string): string => deps.origin() + path;
  // People may have another way here than programs.
  const inBrowser = (path: string): string => new URL(path, deps.login.publicUrl ?? deps.origin()).href;
  return handle(describeIssuer, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    run: () => ({
      output: {
        issuer: deps.issuer(),
        authorization_endpoint: inBrowser('/identity/authorize'),
        token_endpoint: at(createToken.http.path),
        passcode_endpoint: inBrowser(createPasscode.http.path),
        introspection_endpoint: at(introspectToken.http.path),
        end_session_endpoint: at(endSession.http.path),
        jwks_uri: at(listSigningKeys.http.path),
        response_types_supported: ['cloud_iam', DELEGATED_RESPONSE],
        grant_types_supported: [...GRANT_TYPES],
        subject_types_supported: ['public'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
        id_token_signing_alg_values_supported: ['RS256'],
        claims_supported: [...CLAIMS, ...MORE_CLAIMS],
      },
    }),
  });
}
