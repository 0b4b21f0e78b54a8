import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRecordAuthentic, type RecordField, recordMac } from './record-mac.ts';
import { reveal } from './reveal.ts';
import { openRow, type RowContext } from './row.ts';
import { openBarrier, parseEnvelope } from './seals/envelope.ts';
import { recoveryCodeSeal } from './seals/recovery-code.ts';
import { sealFrom } from './seals/seal-key.ts';
import { SecretBytes } from './secret-bytes.ts';
import { parseCiphertext, unwrapDek } from './wrap-ciphertext.ts';

/** A frozen example of a released format: `valid` ones open for ever, `invalid` ones never. */
interface Vector {
  readonly name: string;
  readonly outcome: 'valid' | 'invalid';
  readonly code?: string;
}

interface RowVector extends Vector {
  readonly key: string;
  readonly context: RowContext;
  readonly plaintext: string;
  readonly row: string;
}

interface WrapVector extends Vector {
  readonly versionId: string;
  readonly key: string;
  readonly dek: string;
  readonly aad: readonly string[];
  readonly domain: string | null;
  readonly ciphertext: string;
}

interface RecordVector extends Vector {
  readonly key: string;
  readonly kind: string;
  readonly fields: readonly RecordField[];
  readonly mac: string;
}

interface RecoveryCodeVector extends Vector {
  readonly keyId?: string;
  readonly code: string;
}

interface EnvelopeVector extends Vector {
  readonly recoveryCode?: string;
  readonly fileSecret?: string;
  readonly barrierKey: string;
  readonly envelopes: readonly string[];
}

const keyOf = (hex: string) => createSecretKey(Buffer.from(hex, 'hex'));
const hexOf = (secret: SecretBytes): string => reveal(secret).toString('hex');

function vectorsOf<V extends Vector>(file: string): readonly V[] {
  const url = new URL(`../../test/vectors/${file}.json`, import.meta.url);
  const { vectors } = JSON.parse(readFileSync(url, 'utf8')) as { vectors: readonly V[] };
  const outcomes = new Set(vectors.map(({ outcome }) => outcome));
  if (!outcomes.has('valid') || !outcomes.has('invalid')) throw new Error(`${file}.json lacks an outcome`);
  return vectors;
}

describe('golden vectors: rows', () => {
  it.each(vectorsOf<RowVector>('row'))('$outcome: $name', (vector) => {
    const open = (): string => hexOf(openRow(keyOf(vector.key), vector.context, Buffer.from(vector.row, 'hex')));
    if (vector.outcome === 'valid') expect(open()).toBe(vector.plaintext);
    else expect(open).toThrow(expect.objectContaining({ code: 'ROW_INTEGRITY' }));
  });
});

describe('golden vectors: wrapped DEKs', () => {
  it.each(vectorsOf<WrapVector>('wrap-ciphertext'))('$outcome: $name', (vector) => {
    const version = { id: vector.versionId, key: keyOf(vector.key) };
    const open = (): string =>
      hexOf(unwrapDek(version, parseCiphertext(vector.ciphertext), vector.aad, vector.domain ?? undefined));
    if (vector.outcome === 'valid') expect(open()).toBe(vector.dek);
    else expect(open).toThrow(expect.objectContaining({ code: vector.code }));
  });
});

describe('golden vectors: MACs of records', () => {
  it.each(vectorsOf<RecordVector>('record-mac'))('$outcome: $name', ({ outcome, key, kind, fields, mac }) => {
    expect(isRecordAuthentic(keyOf(key), kind, fields, Buffer.from(mac, 'hex'))).toBe(outcome === 'valid');
    if (outcome === 'valid') expect(recordMac(keyOf(key), kind, fields).toString('hex')).toBe(mac);
  });
});

describe('golden vectors: recovery codes', () => {
  it.each(vectorsOf<RecoveryCodeVector>('recovery-code'))('$outcome: $name', (vector) => {
    if (vector.outcome === 'valid') expect(recoveryCodeSeal(vector.code).keyId).toBe(vector.keyId);
    else expect(() => recoveryCodeSeal(vector.code)).toThrow(expect.objectContaining({ code: 'RECOVERY_CODE' }));
  });
});

describe('golden vectors: seal envelopes', () => {
  it.each(vectorsOf<EnvelopeVector>('seal-envelope'))('$outcome: $name', async (vector) => {
    const secret = Buffer.from(vector.fileSecret ?? '', 'hex');
    const seal =
      vector.recoveryCode === undefined ? sealFrom('file', SecretBytes.take(secret)) : recoveryCodeSeal(vector.recoveryCode);
    const open = async (): Promise<string> => hexOf(await openBarrier(vector.envelopes.map(parseEnvelope), seal));
    if (vector.outcome === 'valid') expect(await open()).toBe(vector.barrierKey);
    else await expect(open()).rejects.toMatchObject({ code: vector.code });
  });
});
