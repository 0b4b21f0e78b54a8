import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RootwardError } from '../../contract/errors.ts';
import { openSqliteStore } from '../../store/store.ts';
import { type Config, loadConfig } from '../config.ts';
import { openDataDir } from './data-dir.ts';
import { createRecoveryCode, readSealStatus, restoreSeal } from './recovery-code.ts';
import { unseal } from './unseal.ts';

let folder: string;
let config: Config;

/** What a key derived from the barrier looks like: the same before and after means that nothing sealed under it is lost. */
async function fingerprint(): Promise<string> {
  const dataDir = openDataDir(config.dataDir, true);
  const store = await openSqliteStore(dataDir.database);
  try {
    return (await unseal(store, config, dataDir)).deriveKey('audit').export().toString('hex');
  } finally {
    await store.close();
  }
}

describe('recovery code', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rootward-recovery-'));
    config = loadConfig({ env: {}, flags: { dataDir: join(folder, 'data') } });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens the service again after the seal key is lost', async () => {
    const before = await fingerprint();
    let code = '';
    await createRecoveryCode(config, async (shown) => {
      code = shown;
      return true;
    });
    rmSync(join(folder, 'data.seal.key'));
    await expect(fingerprint()).rejects.toThrow(RootwardError);
    await restoreSeal(config, code.toLowerCase());
    expect(await fingerprint()).toBe(before);
  });

  it('is not made where no server has run: a mistyped directory is named, and stays as it was', async () => {
    for (const act of [
      () => createRecoveryCode(config, async () => true),
      () => readSealStatus(config),
      () => restoreSeal(config, 'x'),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining(join(folder, 'data')) });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not written before its keeper says that it was kept', async () => {
    await fingerprint();
    expect(await createRecoveryCode(config, async () => false)).toBe(false);
    expect((await readSealStatus(config)).hasRecoveryCode).toBe(false);
  });

  it('a new code replaces the old one, which then opens nothing', async () => {
    await fingerprint();
    const codes: string[] = [];
    const keep = async (code: string) => codes.push(code) > 0;
    await createRecoveryCode(config, keep);
    await createRecoveryCode(config, keep);
    await expect(restoreSeal(config, codes[0] ?? '')).rejects.toMatchObject({ code: 'SEAL_MISMATCH' });
  });

  it('that cannot be written leaves the one before it as it is', async () => {
    await fingerprint();
    const codes: string[] = [];
    const keep = async (code: string) => codes.push(code) > 0;
    await createRecoveryCode(config, keep);
    const store = await openSqliteStore(openDataDir(config.dataDir, false).database);
    await sql`create trigger full before insert on seal_envelopes when new.kind = 'recovery-code'
      begin select raise(abort, 'the disk is full'); end`.execute(store.db);
    await store.close();
    await expect(createRecoveryCode(config, keep)).rejects.toThrow('the disk is full');
    await restoreSeal(config, codes[0] ?? '');
    expect((await readSealStatus(config)).hasRecoveryCode).toBe(true);
  });
});
