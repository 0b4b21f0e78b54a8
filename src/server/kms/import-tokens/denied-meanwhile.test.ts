import { expect, it } from 'vitest';
import { createImportToken } from '../../../contract/import-tokens/create.ts';
import { putInstancePolicies } from '../../../contract/instance-policies/put.ts';
import { openKeyScene } from '../testkit/key-scene.ts';
import { reusedKeyPair } from '../testkit/reused-key-pair.ts';
import { policyBody } from '../testkit/set-policies.ts';

it('an import token whose key pair is still being made is refused to a network that is shut out meanwhile', async () => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using scene = await openKeyScene({
    importKeyPairs: {
      async next() {
        asked.resolve();
        await gate.promise;
        return reusedKeyPair.next();
      },
    },
  });
  const { server, headers } = scene;
  const outside = { address: '203.0.113.7', network: 'public' } as const;
  const token = server.call(createImportToken, server.ownerToken, { headers, body: {} } as never, outside);
  const refused = expect(token).rejects.toMatchObject({ code: 'NETWORK_DENIED' });
  await asked.promise;
  const attributes = { allowed_network: 'private-only' };
  const body = policyBody({ policy_type: 'allowedNetwork', policy_data: { enabled: true, attributes } });
  await server.call(putInstancePolicies, server.ownerToken, { headers, query: {}, body } as never, outside);
  gate.resolve();
  await refused;
});
