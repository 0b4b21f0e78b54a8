import { expect, it } from 'vitest';
import { unwrapDek } from '../../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../../contract/keys/use/wrap.ts';
import { addCluster } from '../../../testkit/clusters.ts';
import { authorize, SERVICE } from '../../../testkit/people.ts';
import { openKeyScene } from '../../testkit/key-scene.ts';

it('clusters that share a root key cannot open what another of them, or a person, has wrapped', async () => {
  await using scene = await openKeyScene();
  await authorize(scene.server, { roles: [`${SERVICE}Reader`], service: 'kms' });
  const [one, two] = [await addCluster(scene.server, 'one'), await addCluster(scene.server, 'two')];
  const { id } = await scene.addKey();
  const tokens = { one: one.pluginToken, two: two.pluginToken, person: scene.server.ownerToken };
  for (const [maker, token] of Object.entries(tokens)) {
    const body = { plaintext: 'AAAA', aad: ['same'] };
    const { ciphertext } = (await scene.call(wrapDek, id, { body, token })).output;
    for (const [reader, readerToken] of Object.entries(tokens)) {
      const opened = scene.call(unwrapDek, id, { body: { ciphertext, aad: ['same'] }, token: readerToken });
      if (reader === maker) expect((await opened).output.plaintext).toBe('AAAA');
      else await expect(opened, `${reader} reads what ${maker} wrapped`).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
    }
  }
});
