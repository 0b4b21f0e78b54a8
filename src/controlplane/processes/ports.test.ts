import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, isPortFree } from './ports.ts';

it('a port lies below those that the system gives to outgoing connections', async () => {
  for (let round = 0; round < 20; round += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThanOrEqual(32_000);
    expect(await isPortFree(port)).toBe(true);
  }
});

it('a port that is in use or set aside is skipped, and after the last comes the first', async () => {
  const start = await freePort();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(start, '127.0.0.1', resolve));
  try {
    expect(await isPortFree(start)).toBe(false);
    const next = await freePort([], start);
    expect(next).not.toBe(start);
    expect(await freePort([next], start)).not.toBe(next);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
  expect(await freePort([32_000], 32_000)).toBeLessThan(32_000);
});
