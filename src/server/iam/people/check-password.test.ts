import { randomBytes, scryptSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPerson, insertPerson } from '../../../store/iam/people.ts';
import type { Store } from '../../../store/store.ts';
import { openTestStore } from '../../../store/testkit/test-store.ts';
import { checkPassword } from './check-password.ts';
import { hashPassword } from './password-hash.ts';

let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rootward-password-'));
  store = await openTestStore(directory);
  await person('ada', await hashPassword('correct horse battery', randomBytes));
  await person('none', null);
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync('an older password', salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
  await person('old', `$scrypt$ln=15,r=8,p=1$${plain(salt)}$${plain(hash)}`);
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

const plain = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
const check = (email: string, password: string) => checkPassword({ store }, email, password);

async function person(name: string, hash: string | null): Promise<void> {
  const id = `IBMid-${name}`;
  const email = `${name}@example.com`;
  const row = { iam_id: id, realm: 'IBMid', subject: id, email, name, password_hash: hash, password_set_at: null, created_at: 1 };
  await store.change([], (tx) => insertPerson(tx, row));
}

test('a person is known by e-mail address, in any case, and password', async () => {
  expect((await check(' Ada@EXAMPLE.com', 'correct horse battery'))?.iam_id).toBe('IBMid-ada');
  expect(await check('ada@example.com', 'Correct horse battery')).toBeUndefined();
  expect(await check('ada@example.com', 'correct horse battery '.repeat(20))).toBeUndefined();
});

test('nobody logs in without a password, or as somebody who does not exist', async () => {
  expect(await check('none@example.com', '')).toBeUndefined();
  expect(await check('nobody@example.com', '')).toBeUndefined();
});

test('an unknown address and one without a password take as much work as a wrong password', async () => {
  const time = async (email: string) => {
    const before = performance.now();
    await check(email, 'wrong');
    return performance.now() - before;
  };
  const wrong = Math.min(await time('ada@example.com'), await time('ada@example.com'));
  expect(await time('nobody@example.com')).toBeGreaterThan(wrong / 4);
  expect(await time('none@example.com')).toBeGreaterThan(wrong / 4);
});

test('a hash made with less work is made anew at the next login, and still opens', async () => {
  expect((await check('old@example.com', 'an older password'))?.iam_id).toBe('IBMid-old');
  const stored = (await findPerson(store.db, 'IBMid-old'))?.password_hash;
  expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
  expect((await check('old@example.com', 'an older password'))?.iam_id).toBe('IBMid-old');
  expect((await findPerson(store.db, 'IBMid-old'))?.password_hash).toBe(stored);
});

test('the same password typed as other code points is the same password', async () => {
  const id = 'IBMid-eva';
  await person('eva', await hashPassword('caf\u00e9 caf\u00e9 caf\u00e9', randomBytes));
  expect((await check('eva@example.com', 'cafe\u0301 cafe\u0301 cafe\u0301'))?.iam_id).toBe(id);
});
