import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../secret-bytes.ts';
import { openDevSeal } from './dev.ts';
import { openBarrier, parseEnvelope, sealBarrier } from './envelope.ts';
import { openFileSeal } from './file.ts';
import { createRecoveryCode, recoveryCodeSeal } from './recovery-code.ts';

function place(): { path: string; dataDirectory: string; root: string } {
  const root = mkdtempSync(join(tmpdir(), 'rootward-seal-'));
  mkdirSync(join(root, 'data'));
  return { root, path: join(root, 'seal', 'seal.key'), dataDirectory: join(root, 'data') };
}
const named = { id: 'e1', createdAt: '2026-01-02T03:04:05Z' };
const refused = (part: string): unknown => expect.objectContaining({ code: 'SEAL_KEY', message: expect.stringContaining(part) });
const hex = (secret: SecretBytes): string => secret.use((bytes) => bytes.toString('hex'));

describe('the file seal', () => {
  it('makes its key once, with mode 0400, and finds it again', () => {
    const at = place();
    const made = openFileSeal({ ...at, create: true });
    expect(statSync(at.path).mode & 0o7777).toBe(0o400);
    expect(readdirSync(join(at.root, 'seal'))).toEqual(['seal.key']);
    const content = readFileSync(at.path, 'utf8');
    expect(openFileSeal({ ...at, create: true }).keyId).toBe(made.keyId);
    expect(openFileSeal({ ...at, create: false }).keyId).toBe(made.keyId);
    expect(readFileSync(at.path, 'utf8')).toBe(content);
  });

  it('does not make a key where one is expected', () => {
    expect(() => openFileSeal({ ...place(), create: false })).toThrow(refused('is not there'));
  });

  it.each([0o600, 0o440, 0o404, 0o000, 0o4400])('refuses mode %o', (mode) => {
    const at = place();
    openFileSeal({ ...at, create: true });
    chmodSync(at.path, mode);
    expect(() => openFileSeal({ ...at, create: true })).toThrow(
      process.geteuid?.() !== 0 && mode === 0 ? refused('cannot be read') : refused('mode'),
    );
  });

  it('refuses a symbolic link, a directory and other content', () => {
    const at = place();
    openFileSeal({ ...at, create: true });
    const link = join(at.root, 'link');
    symlinkSync(at.path, link);
    expect(() => openFileSeal({ ...at, path: link, create: true })).toThrow(refused('symbolic link'));
    expect(() => openFileSeal({ ...at, path: join(at.root, 'seal'), create: true })).toThrow(refused('not a regular file'));
    const text = readFileSync(at.path, 'utf8');
    for (const [name, content] of [
      ['short', text.slice(0, -2)],
      ['long', `${text}x`],
      ['empty', ''],
      ['other', text.replace('key-1', 'key-2')],
    ] as const) {
      const path = join(at.root, name);
      writeFileSync(path, content, { mode: 0o400 });
      expect(() => openFileSeal({ ...at, path, create: true })).toThrow(refused('does not contain a seal key'));
    }
  });

  it.runIf(process.geteuid?.() === 0)('refuses a file of another owner', () => {
    const at = place();
    openFileSeal({ ...at, create: true });
    chownSync(at.path, 65534, 65534);
    expect(() => openFileSeal({ ...at, create: true })).toThrow(refused('another user'));
  });

  it('refuses a place inside the data directory, also by a detour', () => {
    const at = place();
    symlinkSync(at.dataDirectory, join(at.root, 'detour'));
    for (const path of [
      join(at.dataDirectory, 'seal.key'),
      join(at.root, 'detour', 'deep', 'seal.key'),
      join(at.root, 'x', '..', 'data', 'k'),
    ]) {
      expect(() => openFileSeal({ ...at, path, create: true })).toThrow(refused('data directory'));
    }
    expect(readdirSync(at.dataDirectory)).toEqual([]);
    expect(openFileSeal({ ...at, path: `${at.dataDirectory}-seal.key`, create: true }).kind).toBe('file');
  });
});

describe('seal envelopes', () => {
  it('open by any one of their seals, and by the recovery code alone when the file is gone', async () => {
    const at = place();
    const barrierKey = SecretBytes.random(32);
    const code = createRecoveryCode();
    const seals = [openFileSeal({ ...at, create: true }), openDevSeal({ ...at, create: true }), recoveryCodeSeal(code)];
    const stored = await Promise.all(seals.map(async (seal) => JSON.stringify(await sealBarrier(seal, barrierKey, named))));
    renameSync(at.path, `${at.path}.gone`);
    const envelopes = stored.map(parseEnvelope);
    for (const seal of seals) expect(hex(await openBarrier(envelopes, seal))).toBe(hex(barrierKey));
    expect(hex(await openBarrier(envelopes, recoveryCodeSeal(code.toLowerCase().replaceAll('-', ' '))))).toBe(hex(barrierKey));
    const other = openFileSeal({ ...at, create: true });
    await expect(openBarrier(envelopes, other)).rejects.toMatchObject({ code: 'SEAL_MISMATCH' });
    await expect(openBarrier(envelopes, recoveryCodeSeal(createRecoveryCode()))).rejects.toMatchObject({ code: 'SEAL_MISMATCH' });
  });

  it('do not open after any single bit of what is sealed or any field has changed', async () => {
    const seal = recoveryCodeSeal(createRecoveryCode());
    const envelope = await sealBarrier(seal, SecretBytes.random(32), named);
    const sealed = Buffer.from(envelope.sealed, 'base64');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      await expect(openBarrier([{ ...envelope, sealed: changed.toString('base64') }], seal)).rejects.toMatchObject({
        code: 'SEAL_ENVELOPE',
      });
    }
    await expect(openBarrier([{ ...envelope, id: 'e2' }], seal)).rejects.toMatchObject({ code: 'SEAL_ENVELOPE' });
    await expect(openBarrier([{ ...envelope, createdAt: '' }], seal)).rejects.toMatchObject({ code: 'SEAL_ENVELOPE' });
  });
});

describe('the recovery code', () => {
  it('finds every single wrong character', () => {
    const code = createRecoveryCode();
    for (let at = 0; at < code.length; at += 1) {
      if (code[at] === '-') continue;
      const wrong = code.slice(0, at) + (code[at] === '7' ? 'K' : '7') + code.slice(at + 1);
      expect(() => recoveryCodeSeal(wrong)).toThrow(expect.objectContaining({ code: 'RECOVERY_CODE' }));
    }
  });

  it('is nine groups of four, never the same', () => {
    const codes = Array.from({ length: 50 }, createRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){8}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(50);
  });

  it('tells its public id and its key apart', () => {
    const code = createRecoveryCode();
    const seal = recoveryCodeSeal(code);
    expect(seal.key.export().toString('hex')).not.toContain(seal.keyId);
  });
});
