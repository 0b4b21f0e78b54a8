import { listLoginProviders } from '../../../contract/login/providers.ts';
import { type Handler, handle } from '../../handler.ts';
import { PUBLIC_TARGET } from '../tokens/public-target.ts';
import type { RelyingParties } from './relying-parties.ts';

export function listLoginProvidersHandler({ all }: RelyingParties): Handler {
  return handle(listLoginProviders, {
    resolve: () => ({ target: PUBLIC_TARGET, record: undefined }),
    run: () => ({ output: { providers: all.map(({ settings: { name, label } }) => ({ name, label })) } }),
  });
}
