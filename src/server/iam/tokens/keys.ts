import { listSigningKeys } from '../../../contract/tokens/keys.ts';
import { type Handler, handle } from '../../handler.ts';
import type { IamDeps } from '../iam-deps.ts';
import { PUBLIC_TARGET } from './public-target.ts';

export function listSigningKeysHandler(deps: IamDeps): Handler {
  return handle(listSigningKeys, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    run: async () => ({ output: { keys: (await deps.signingKeys.published()).map((jwk) => ({ ...jwk })) } }),
  });
}
