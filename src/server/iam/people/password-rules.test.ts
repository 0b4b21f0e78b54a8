import { describe, expect, test } from 'vitest';
import { checkNewPassword } from './password-rules.ts';

const check = (password: string) => () => checkNewPassword(password, 'ada.lovelace.first@example.com', 'new_password');

describe('a new password', () => {
  test('has twelve characters, however many bytes they are', () => {
    expect(check('elevenchars')).toThrow('Field new_password: a password has at least 12 characters.');
    expect(check('twelve chars')).not.toThrow();
    expect(check('😀😁😂😃😄😅')).toThrow(/at least 12/);
  });

  test('has at most 256 bytes, counted as it is hashed', () => {
    expect(check('abcd'.repeat(64))).not.toThrow();
    expect(check(`${'abcd'.repeat(64)}e`)).toThrow(/at most 256 bytes/);
    // One character that becomes eighteen.
    expect(check('\ufdfa'.repeat(20))).toThrow(/at most 256 bytes/);
  });

  test.each(['ada.lovelace.first@example.com', 'Ada.Lovelace.First', 'ADA.LOVELACE.FIRST@EXAMPLE.COM'])(
    'is not the e-mail address: %s',
    (text) => {
      expect(check(text)).toThrow(/is not the e-mail address/);
    },
  );

  test.each(['password1234', 'PassWord1234', 'aaaaaaaaaaaaa', '121212121212', '\uff50assword1234'])(
    'is none of the worst: %s',
    (text) => {
      expect(check(text)).toThrow(/anybody guesses/);
    },
  );

  test('is never repeated in the error', () => {
    expect(check('secret')).not.toThrow(/secret/);
  });
});
