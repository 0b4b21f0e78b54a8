import { RootwardError } from '../../../contract/errors.ts';
import { PASSWORD_BYTES } from './password-hash.ts';

const SHORTEST = 12;

/** The worst of those that are long enough. */
const WORST: ReadonlySet<string> = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789abc',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiopasdf',
  'qwerty123456',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'passw0rd1234',
  'p@ssw0rd1234',
  'administrator',
  'administrator1',
  'admin1234567',
  'adminadminadmin',
  'letmeinletmein',
  'iloveyou1234',
  'welcome12345',
  'changeme1234',
  'changemechangeme',
  'abcdefghijkl',
  'abcdefghijklm',
  'abc123abc123',
  'correcthorsebatterystaple',
  'rootwardrootward',
]);

/** What a new password has to be. Throws INVALID_FIELD, naming `field` and the rule; never the password. */
export function checkNewPassword(password: string, email: string, field: string): void {
  const why = problemOf(password.normalize('NFKC'), email);
  if (why === undefined) return;
  throw new RootwardError('INVALID_FIELD', { message: `Field ${field}: ${why}.`, target: { type: 'field', name: field } });
}

function problemOf(password: string, email: string): string | undefined {
  const characters = Array.from(password);
  if (characters.length < SHORTEST) return `a password has at least ${SHORTEST} characters`;
  if (Buffer.byteLength(password, 'utf8') > PASSWORD_BYTES) return `a password has at most ${PASSWORD_BYTES} bytes`;
  const plain = password.toLowerCase().trim();
  const [name = ''] = email.split('@', 1);
  if (plain === email || plain === name) return 'a password is not the e-mail address';
  if (WORST.has(plain) || new Set(characters).size < 4) return 'this password is among the first that anybody guesses';
  return undefined;
}
