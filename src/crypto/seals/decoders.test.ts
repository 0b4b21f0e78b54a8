import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { FUZZ_MS, FUZZ_RUNS } from '../../contract/testkit/fuzz-runs.ts';
import { SecretBytes } from '../secret-bytes.ts';
import { openBarrier, parseEnvelope, sealBarrier } from './envelope.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { createRecoveryCode, recoveryCodeSeal } from './recovery-code.ts';

const LIMITS = { timeout: FUZZ_MS };

interface Outcome<T> {
  readonly made?: T;
  /** The code of the error; anything but an error of ours is thrown on. */
  readonly refused?: string;
}

async function outcome<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { made: await work() };
  } catch (error) {
    if (error instanceof RootwardError) return { refused: error.code };
    throw error;
  }
}

describe('any input', () => {
  it('as a seal envelope opens nothing, or is refused as one', LIMITS, async () => {
    const code = createRecoveryCode();
    const seal = recoveryCodeSeal(code);
    using barrier = SecretBytes.random(32);
    const good = await sealBarrier(seal, barrier, { id: 'e1', createdAt: '2026-01-02T03:04:05Z' });
    // Halves of surrogate pairs among them.
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 }).map((codes) => String.fromCharCode(...codes));
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), units, fc.constant('\ud800'));
    const field = fc.oneof(texts, fc.base64String(), fc.jsonValue(), fc.constantFrom('file', 'recovery-code'));
    const altered = fc
      .tuple(fc.constantFrom('format', 'id', 'kind', 'createdAt', 'keyId', 'sealed'), field)
      .map(([name, value]) => JSON.stringify({ ...good, [name]: value }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json(), altered), async (json) => {
        const { made: envelope, refused } = await outcome(() => parseEnvelope(json));
        if (!envelope) {
          expect(refused).toBe('SEAL_ENVELOPE');
        } else if (JSON.stringify(envelope) !== JSON.stringify(good)) {
          expect((await outcome(() => openBarrier([envelope], seal))).refused).toMatch(/^SEAL_(ENVELOPE|MISMATCH)$/);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
  });

  it('as a recovery code is refused as one, unless it is the code', LIMITS, async () => {
    const code = createRecoveryCode();
    const nearly = fc.tuple(fc.nat(code.length), fc.nat(2), fc.string({ maxLength: 3 })).map(([at, cut, put]) => {
      return code.slice(0, at) + put + code.slice(at + cut);
    });
    const own = recoveryCodeSeal(code).keyId;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), nearly), async (text) => {
        const { made, refused } = await outcome(() => recoveryCodeSeal(text));
        expect(made ? made.keyId : refused).toBe(made ? own : 'RECOVERY_CODE');
      }),
      // One slip of the hand in 2^20 is another code's; it opens nothing.
      { numRuns: Math.min(FUZZ_RUNS, 100_000) },
    );
  });

  it('in a key file is refused as one, unless it is what was written', LIMITS, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rootward-key-file-'));
    const path = join(directory, 'seal.key');
    using secret = createKeyFile(join(directory, 'good.key'));
    const good = `rootward-seal-key-1:${secret.use((bytes) => bytes.toString('base64'))}\n`;
    const nearly = fc.tuple(fc.nat(good.length), fc.nat(3), fc.string({ maxLength: 3 })).map(([at, cut, put]) => {
      return Buffer.from(good.slice(0, at) + put + good.slice(at + cut));
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 100 }), nearly), async (bytes) => {
        rmSync(path, { force: true });
        writeFileSync(path, bytes);
        chmodSync(path, 0o400);
        const { made, refused } = await outcome(() => readKeyFile(path));
        const text = made?.use((key) => `rootward-seal-key-1:${key.toString('base64')}\n`);
        expect(text ?? refused).toBe(text === undefined ? 'SEAL_KEY' : Buffer.from(bytes).toString());
      }),
      // Each is a file of its own.
      { numRuns: Math.ceil(FUZZ_RUNS / 4) },
    );
    rmSync(directory, { recursive: true });
  });
});
