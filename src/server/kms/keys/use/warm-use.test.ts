import { StatementSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readKeyMetadata } from '../../../../contract/keys/metadata.ts';
import { rewrapDek } from '../../../../contract/keys/use/rewrap.ts';
import { unwrapDek } from '../../../../contract/keys/use/unwrap.ts';
import { wrapDek } from '../../../../contract/keys/use/wrap.ts';
import { openKeyScene } from '../../testkit/key-scene.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every statement that is sent to the database of this process from now on. What the audit log writes by the clock is left out. */
function statements(): string[] {
  const sent: string[] = [];
  for (const method of ['all', 'get', 'run', 'iterate'] as const) {
    const original = StatementSync.prototype[method] as (...values: unknown[]) => unknown;
    vi.spyOn(StatementSync.prototype, method).mockImplementation(function (this: StatementSync, ...values: unknown[]) {
      if (!/audit_(checkpoints|outbox)/.test(this.sourceSQL)) sent.push(this.sourceSQL);
      return Reflect.apply(original, this, values) as never;
    });
  }
  return sent;
}

describe('a use of a key that was used before', () => {
  it('asks the database nothing', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const { id } = await scene.addKey();
    const ciphertext = await scene.wrap(id, 'AAAA', ['a']);
    const uses = [
      () => scene.call(wrapDek, id, { body: { plaintext: 'AAAA', aad: ['a'] } }),
      () => scene.call(wrapDek, id),
      () => scene.call(unwrapDek, id, { body: { ciphertext, aad: ['a'] } }),
      () => scene.call(rewrapDek, id, { body: { ciphertext, aad: ['a'] } }),
    ];
    for (const use of uses) await use();
    const sent = statements();
    for (const use of uses) await use();
    expect(sent).toEqual([]);
    // What does ask is seen here.
    await scene.call(readKeyMetadata, id);
    expect(sent).not.toEqual([]);
  });

  it('asks again after a change of keys, and then no more', async () => {
    await using scene = await openKeyScene({ engine: 'sqlite' });
    const { id } = await scene.addKey();
    await scene.wrap(id);
    await scene.addKey();
    const sent = statements();
    await scene.wrap(id);
    const again = sent.length;
    await scene.wrap(id);
    expect(again).toBeGreaterThan(0);
    expect(sent).toHaveLength(again);
  });
});
