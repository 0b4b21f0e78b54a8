import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, RootwardError } from '../../src/contract/errors.ts';
import { keyProtectErrorBody, keyProtectStatus } from '../../src/server/error-bodies/key-protect.ts';
import { ERRORS_PAGE, errorsPage } from './errors.ts';

const page = readFileSync(join(import.meta.dirname, '../..', ERRORS_PAGE), 'utf8');

describe('the page of errors', () => {
  it('says what the table says: run `npm run generate` after a change of the table', () => {
    expect(page).toBe(errorsPage());
  });

  it('has the place that each error of Key Protect links to', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = new RootwardError(code);
      if (keyProtectStatus(error) === 401) continue;
      const anchor = keyProtectErrorBody(error).resources[0].reasons?.[0]?.moreInfo.split('#')[1] ?? '';
      const isThere = page.includes(`<a id="${anchor}"></a>`) || page.includes(`## ${anchor.toUpperCase()}\n`);
      expect([code, isThere]).toEqual([code, true]);
    }
  });
});
