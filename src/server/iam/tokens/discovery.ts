import { describeIssuer } from '../../../contract/tokens/discovery.ts';
import { API_KEY_GRANT, REFRESH_GRANT } from '../../../contract/tokens/grant.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { PUBLIC_TARGET } from './public-target.ts';

export function describeIssuerHandler(deps: IamDeps): Handler {
  return handle(describeIssuer, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    run: () => ({
      output: {
        issuer: deps.issuer(),
        token_endpoint: `${deps.origin()}/identity/token`,
        jwks_uri: `${deps.origin()}/identity/keys`,
        response_types_supported: ['cloud_iam'],
        grant_types_supported: [API_KEY_GRANT, REFRESH_GRANT],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    }),
  });
}
