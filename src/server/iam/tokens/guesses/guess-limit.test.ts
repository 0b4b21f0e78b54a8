import { describe, expect, it } from 'vitest';
import { createApiKey } from '../../../../contract/api-keys/create.ts';
import { getApiKeyDetails } from '../../../../contract/api-keys/details.ts';
import { createServiceId } from '../../../../contract/service-ids/create.ts';
import { createToken } from '../../../../contract/tokens/create.ts';
import { API_KEY_GRANT, REFRESH_GRANT } from '../../../../contract/tokens/grant.ts';
import { startTestServer, type TestServer } from '../../../testkit/test-server.ts';

const GUESSES = 100;
const MINUTE = 60_000;

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );

const logIn = (server: TestServer, body: { grant_type: string; apikey?: string; refresh_token?: string }) =>
  codeOf(server.call(createToken, undefined, { body }));

async function repeat(times: number, ask: () => Promise<string>): Promise<string[]> {
  const answers: string[] = [];
  for (let turn = 0; turn < times; turn += 1) answers.push(await ask());
  return answers;
}

const all = (times: number, code: string): string[] => Array.from({ length: times }, () => code);

describe('whoever tries secrets', () => {
  it('learns no more after a hundred in a minute, and again in the next', async () => {
    await using server = await startTestServer();
    const guess = () => logIn(server, { grant_type: API_KEY_GRANT, apikey: 'rwk_wrong' });
    expect(await repeat(GUESSES, guess)).toEqual(all(GUESSES, 'API_KEY_NOT_FOUND'));
    expect(await repeat(3, guess)).toEqual(all(3, 'OVERLOADED'));
    expect(await logIn(server, { grant_type: REFRESH_GRANT, refresh_token: 'rwr_wrong' })).toBe('OVERLOADED');
    server.clock.advance(MINUTE);
    expect(await guess()).toBe('API_KEY_NOT_FOUND');
  });

  it('locks nobody out behind the same address: a right key is always taken', async () => {
    await using server = await startTestServer();
    const apikey = server.ownerApiKey;
    const bx = { headers: { authorization: 'Basic Yng6Yng=' } };
    const { output } = await server.call(createToken, undefined, { ...bx, body: { grant_type: API_KEY_GRANT, apikey } });
    await repeat(2 * GUESSES, () => logIn(server, { grant_type: API_KEY_GRANT, apikey: 'rwk_wrong' }));
    expect(await logIn(server, { grant_type: API_KEY_GRANT, apikey })).toBe('answered');
    const refresh = { grant_type: REFRESH_GRANT, refresh_token: output.refresh_token };
    expect(await codeOf(server.call(createToken, undefined, { ...bx, body: refresh }))).toBe('answered');
  });

  it('what is no attempt at a secret does not count', async () => {
    await using server = await startTestServer();
    const malformed = [{ grant_type: 'x' }, { grant_type: API_KEY_GRANT }, { grant_type: REFRESH_GRANT, refresh_token: '' }];
    for (const body of malformed) await repeat(GUESSES, () => logIn(server, body));
    expect(await logIn(server, { grant_type: API_KEY_GRANT, apikey: 'rwk_wrong' })).toBe('API_KEY_NOT_FOUND');
  });

  it('cannot ask elsewhere: details, and keys with a secret of his own choice, count as well', async () => {
    await using server = await startTestServer();
    const { token } = await server.addAccount();
    const taken = server.ownerApiKey;
    const ways = [
      () => server.call(getApiKeyDetails, token, { headers: { 'iam-apikey': taken } }),
      () => server.call(createApiKey, token, { body: { name: 'mine', apikey: taken } }),
      () => server.call(createServiceId, token, { body: { name: 'mine', apikey: { name: 'mine', apikey: taken } } }),
    ];
    for (const way of ways) {
      server.clock.advance(MINUTE);
      const answers = await repeat(GUESSES + 1, () => codeOf(way()));
      expect(answers.slice(0, GUESSES)).not.toContain('OVERLOADED');
      expect(answers[GUESSES]).toBe('OVERLOADED');
    }
  });
});

describe('the audit log of failed log-ins', () => {
  it('grows by twenty records a minute and address, and one that counts the others', async () => {
    await using server = await startTestServer();
    const failures = async () =>
      (await server.auditRecords()).filter(
        ({ outcome, action }) => outcome === 'failure' && action === 'iam-identity.apikey.login',
      );
    const guess = () => logIn(server, { grant_type: API_KEY_GRANT, apikey: 'rwk_wrong' });
    await repeat(300, guess);
    expect(await failures()).toHaveLength(20);
    server.clock.advance(MINUTE);
    await guess();
    const records = await failures();
    expect(records).toHaveLength(22);
    expect(records.reduce((sum, { count }) => sum + Number(count ?? 1), 0)).toBe(301);
  });
});
