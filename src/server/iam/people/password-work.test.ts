import { expect, test } from 'vitest';
import { inPasswordTurn } from './password-work.ts';

test('two passwords are worked on at a time, others wait, and beyond 64 they are refused', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((go) => {
    release = go;
  });
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await held;
    running -= 1;
  };
  const sent = Array.from({ length: 66 }, () => inPasswordTurn(work));
  await expect(inPasswordTurn(work)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 5 });
  release();
  await Promise.all(sent);
  expect(most).toBe(2);
  await inPasswordTurn(work);
});

test('a turn is handed on although the work failed', async () => {
  const fail = () => inPasswordTurn(() => Promise.reject(new Error('no memory')));
  await Promise.allSettled([fail(), fail(), fail()]);
  expect(await inPasswordTurn(() => Promise.resolve('done'))).toBe('done');
});
