import { expect, test } from 'vitest';
import { confirm } from './confirm.ts';
import { captureIo } from './testkit/captured-io.ts';

const WOULD = 'Cluster payments would be deleted.';

test('a script without a terminal is refused, and told what would happen and which flag means it', async () => {
  const refused = confirm(captureIo(), undefined, WOULD, 'Look first.');
  await expect(refused).rejects.toMatchObject({
    code: 'USAGE',
    message: WOULD,
    hint: expect.stringMatching(/^Look first\. .*--force/),
  });
});

test('--force asks nobody', async () => {
  const io = captureIo({ canAsk: true });
  await confirm(io, true, WOULD);
  expect(io.stderr()).toBe('');
});

test.each(['yes', ' YES '])('a person who types "%s" goes on, after reading what would happen', async (typed) => {
  const io = captureIo({ canAsk: true, ask: () => Promise.resolve(typed) });
  await confirm(io, undefined, WOULD);
  expect(io.stderr()).toBe(`${WOULD}\n`);
});

test.each(['', 'y', 'no', 'payments'])('a person who types "%s" changes nothing', async (typed) => {
  const io = captureIo({ canAsk: true, ask: () => Promise.resolve(typed) });
  await expect(confirm(io, undefined, WOULD)).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('nothing was changed'),
  });
});
