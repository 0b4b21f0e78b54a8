import { describe, expect, it } from 'vitest';
import { startTestServer } from '../../testkit/test-server.ts';
import { addUser, ask, codeOf, PASSWORD } from '../tokens/testkit/logins.ts';
import { createPasswordGuesses } from './password-guesses.ts';

const MINUTE = 60_000;

describe('whoever tries passwords of one person', () => {
  it('waits twice as long after each, from the sixth on, and learns how long', async () => {
    const guesses = createPasswordGuesses();
    let now = 0;
    for (let free = 0; free < 5; free += 1) expect(guesses.begin('ada', '192.0.2.1', now)).toBeUndefined();
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      expect(guesses.begin('ada', '192.0.2.1', now)).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: seconds });
      now += seconds * 1000;
      expect(guesses.begin('ada', '192.0.2.1', now - 1)?.code).toBe('OVERLOADED');
      expect(guesses.begin('ada', '192.0.2.1', now)).toBeUndefined();
    }
  });

  it('keeps nobody out who comes from elsewhere, or is another person', async () => {
    const guesses = createPasswordGuesses();
    for (let times = 0; times < 50; times += 1) guesses.begin('ada', '192.0.2.1', 0);
    expect(guesses.begin('ada', '192.0.2.2', 0)).toBeUndefined();
    expect(guesses.begin('bob', '192.0.2.1', 0)).toBeUndefined();
  });

  it('is forgiven by the right one', async () => {
    const guesses = createPasswordGuesses();
    for (let times = 0; times < 5; times += 1) guesses.begin('ada', '192.0.2.1', 0);
    guesses.right('ada', '192.0.2.1');
    expect(guesses.begin('ada', '192.0.2.1', 0)).toBeUndefined();
  });

  it('cannot try one password for many people: an address has sixty in a minute', async () => {
    const guesses = createPasswordGuesses();
    const answers = Array.from({ length: 61 }, (_, n) => guesses.begin(`person ${n}`, '192.0.2.1', 0)?.code);
    expect(answers.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => undefined));
    expect(answers[60]).toBe('OVERLOADED');
    expect(guesses.begin('one more', '192.0.2.1', MINUTE)).toBeUndefined();
  });

  it('keeps a bounded number of addresses in mind', async () => {
    const guesses = createPasswordGuesses();
    for (let n = 0; n < 30_000; n += 1) guesses.begin('ada', `address ${n}`, 0);
    for (let times = 0; times < 4; times += 1) guesses.begin('ada', 'address 29999', 0);
    expect(guesses.begin('ada', 'address 29999', 0)?.code).toBe('OVERLOADED');
    expect(guesses.begin('ada', 'address 0', 0)).toBeUndefined();
  });
});

describe('the password grant', () => {
  it('refuses early tries alike for people and for nobody, and lets the person in from elsewhere', async () => {
    await using server = await startTestServer();
    await addUser(server, 'ada');
    const logIn = (username: string, password: string, address: string) =>
      codeOf(ask(server, { grant_type: 'password', username, password }, { address }));
    for (const username of ['ada@example.com', 'nobody@example.com']) {
      const guess = () => logIn(username, 'wrong', '192.0.2.1');
      for (let times = 0; times < 5; times += 1) expect(await guess()).toBe('CREDENTIALS_WRONG');
      expect(await guess()).toBe('OVERLOADED');
      expect(await logIn(username, PASSWORD, '192.0.2.1')).toBe('OVERLOADED');
    }
    expect(await logIn('ada@example.com', PASSWORD, '192.0.2.2')).toBe('answered');
    server.clock.advance(1000);
    expect(await logIn('ada@example.com', PASSWORD, '192.0.2.1')).toBe('answered');
  });
});
