import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { API_KEY_GRANT } from '../../../../contract/tokens/grant.ts';
import { addPerson } from '../../../testkit/people.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';
import { ask, codeOf } from '../testkit/logins.ts';

const GUESSES = 10_000;
const AT_ONCE = 20;
const GUESSER = '192.0.2.66';

const logIn = (server: TestServer, apikey: string, address: string) =>
  codeOf(ask(server, { grant_type: API_KEY_GRANT, apikey }, { address }));

/** Medians of how long a right log-in takes, in ms. */
async function timed(times: number, log: () => Promise<string>): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const from = performance.now();
    expect(await log()).toBe('answered');
    took.push(performance.now() - from);
  }
  return took.sort((a, b) => a - b)[took.length >> 1] ?? Number.NaN;
}

describe('ten thousand wrong API keys from one address', () => {
  it('keep the owner out neither there nor elsewhere, nor anybody else, while they are tried and after', {
    timeout: 120_000,
  }, async () => {
    await using server = await startTestServer();
    const other = await addPerson(server, 'other');
    const right: [string, string][] = [
      [server.ownerApiKey, GUESSER],
      [server.ownerApiKey, '192.0.2.1'],
      [other.apiKey, GUESSER],
      [other.apiKey, '192.0.2.2'],
    ];
    const answers = new Map<string, number>();
    for (let done = 0; done < GUESSES; done += AT_ONCE) {
      const guesses = Array.from({ length: AT_ONCE }, (_, n) => logIn(server, `rwk_guess-${done + n}`, GUESSER));
      // In their midst, not after them.
      const [key, address] = right[(done / AT_ONCE) % right.length] ?? ['', ''];
      const [admitted, ...refused] = await Promise.all([logIn(server, key, address), ...guesses]);
      expect(admitted).toBe('answered');
      for (const code of refused) answers.set(code, (answers.get(code) ?? 0) + 1);
    }
    expect(Object.fromEntries(answers)).toEqual({ API_KEY_NOT_FOUND: 100, OVERLOADED: GUESSES - 100 });
    for (const [key, address] of right) expect(await logIn(server, key, address)).toBe('answered');
    const failures = (await server.auditRecords()).filter(({ outcome }) => outcome === 'failure');
    expect(failures).toHaveLength(20);
  });

  it('leave nothing behind that makes a right log-in slower', { timeout: 120_000 }, async () => {
    await using server = await startTestServer();
    const log = () => logIn(server, server.ownerApiKey, '192.0.2.1');
    await timed(20, log);
    const before = await timed(50, log);
    for (let done = 0; done < GUESSES; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => logIn(server, `rwk_guess-${done + n}`, `198.51.100.${n}`)));
    }
    // What this machine does meanwhile is in both figures; what a table of ten thousand guesses would cost is not.
    expect(await timed(50, log)).toBeLessThan(3 * before + 5);
  });
});
