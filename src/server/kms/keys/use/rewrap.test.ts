import { expect, it } from 'vitest';
import { rotateKey } from '../../../../contract/keys/rotate.ts';
import { rewrapDek } from '../../../../contract/keys/use/rewrap.ts';
import { openKeyScene } from '../../testkit/key-scene.ts';

it('rewrap moves a DEK to the newest version without showing it, under the same additional data', async () => {
  await using scene = await openKeyScene();
  const { id } = await scene.addKey();
  const old = await scene.wrap(id, 'AAAA', ['a']);
  await scene.call(rotateKey, id);
  const { output } = await scene.call(rewrapDek, id, { body: { ciphertext: old, aad: ['a'] } });
  expect(Object.keys(output).sort()).toEqual(['ciphertext', 'keyVersion', 'rewrappedKeyVersion']);
  expect(output.keyVersion.id).not.toBe(output.rewrappedKeyVersion.id);
  expect(await scene.unwrap(id, output.ciphertext, ['a'])).toEqual({
    plaintext: 'AAAA',
    keyVersion: output.rewrappedKeyVersion,
  });
  const again = (await scene.call(rewrapDek, id, { body: { ciphertext: output.ciphertext, aad: ['a'] } })).output;
  expect(again).toMatchObject({ keyVersion: output.rewrappedKeyVersion, rewrappedKeyVersion: output.rewrappedKeyVersion });
  expect(again.ciphertext).not.toBe(output.ciphertext);
});

it('rewrap with other additional data fails like a wrong key', async () => {
  await using scene = await openKeyScene();
  const { id } = await scene.addKey();
  const ciphertext = await scene.wrap(id, 'AAAA', ['a']);
  for (const aad of [['b'], [], ['a', '']]) {
    await expect(scene.call(rewrapDek, id, { body: { ciphertext, aad } })).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
  }
});
