import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPENAPI_FILE, OPERATIONS_PAGE, openapiFile, operationsPage } from './operations.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

describe('the reference of operations', () => {
  it.each([
    [OPENAPI_FILE, openapiFile],
    [OPERATIONS_PAGE, operationsPage],
  ])('%s says what the list of operations says: run `npm run generate` after a change', (file, written) => {
    // Compared as a yes or no: a difference of such texts takes longer to write than anybody would read it.
    expect(read(file) === written()).toBe(true);
  });
});
