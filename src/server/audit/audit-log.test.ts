import { pbkdf2 } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyAuditLog } from './chain/verify.ts';
import { freshDirectory, MemoryCheckpoints, openSample, sampleKey, sampleRecord } from './sample-audit.ts';

const linesOf = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n').slice(1));

describe('the audit log', () => {
  it('keeps every record of many producers once, in one chain over several files', async () => {
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    const log = await openSample(directory, checkpoints, { maxFileBytes: 200_000 });
    const producers = Array.from({ length: 64 }, async (_, producer) => {
      for (let turn = 0; turn < 20; turn += 1) await log.append(sampleRecord(`p${producer}-${turn}`));
    });
    await Promise.all(producers);
    expect(log.head().count).toBe(1280);
    await log.close();
    const records = linesOf(directory).map((line) => JSON.parse(line));
    expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 1280 }, (_, at) => at + 1));
    expect(new Set(records.map(({ id }) => id)).size).toBe(1280);
    expect(readdirSync(directory).length).toBeGreaterThan(4);
    const report = await verifyAuditLog(directory, sampleKey, checkpoints);
    expect(report).toMatchObject({ ok: true, chains: [{ records: 1280, problems: [] }] });
    expect(report.chains[0]?.head).toBe(log.head().mac);
  });

  it('acknowledges a record only when it can be read back from its file', async () => {
    const directory = freshDirectory();
    const log = await openSample(directory, new MemoryCheckpoints());
    for (const id of ['a', 'b', 'c']) {
      const done = log.append(sampleRecord(id));
      expect(log.knows(id)).toBe(false);
      await done;
      expect(log.knows(id)).toBe(true);
      expect(linesOf(directory).at(-1)).toContain(`"id":"${id}"`);
    }
    await log.close();
  });

  it('goes on where it ended and still knows its newest ids', async () => {
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    for (const id of ['a', 'b', 'c']) {
      const log = await openSample(directory, checkpoints);
      await log.append(sampleRecord(id));
      await log.close();
    }
    const log = await openSample(directory, checkpoints);
    expect(['a', 'b', 'c', 'd'].map((id) => log.knows(id))).toEqual([true, true, true, false]);
    expect(log.head().count).toBe(3);
    await log.close();
    expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true });
  });

  it('is for the server alone', async () => {
    const directory = freshDirectory();
    await (await openSample(directory, new MemoryCheckpoints())).close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it('finishes what it accepted when it is closed, and accepts nothing after', async () => {
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    const log = await openSample(directory, checkpoints);
    const accepted = Promise.all(Array.from({ length: 500 }, (_, at) => log.append(sampleRecord(`r${at}`))));
    await log.close();
    await accepted;
    expect(checkpoints.kept.get('w1')).toMatchObject({ count: 500, mac: log.head().mac });
    expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true });
    await expect(log.append(sampleRecord('late'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });

  it('writes a checkpoint when something changed, and says once that it cannot', async () => {
    const checkpoints = new MemoryCheckpoints();
    const failures: unknown[] = [];
    const log = await openSample(freshDirectory(), checkpoints, {
      checkpointEveryMs: 5,
      onFailure: (error) => failures.push(error),
    });
    const settled = async (): Promise<void> => {
      await log.append(sampleRecord('x'));
      await new Promise((resolve) => setTimeout(resolve, 60));
    };
    await settled();
    expect(checkpoints.kept.get('w1')?.count).toBe(1);
    checkpoints.failure = new Error('store away');
    await settled();
    expect(failures).toEqual([checkpoints.failure]);
    expect(checkpoints.kept.get('w1')?.count).toBe(1);
    checkpoints.failure = undefined;
    await settled();
    expect(checkpoints.kept.get('w1')?.count).toBe(3);
    await log.close();
  });

  it('gives a record up in time while the disk does not answer, and works again after', { timeout: 30_000 }, async () => {
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    const failures: unknown[] = [];
    const log = await openSample(directory, checkpoints, { patienceMs: 50, onFailure: (error) => failures.push(error) });
    // Every thread that file operations could run on is busy, so the write really hangs.
    const busy = Array.from({ length: 8 }, () => new Promise((resolve) => pbkdf2('p', 's', 250_000, 32, 'sha512', resolve)));
    const started = performance.now();
    const refused = await Promise.allSettled([log.append(sampleRecord('a')), log.append(sampleRecord('b'))]);
    expect(performance.now() - started).toBeLessThan(2000);
    for (const outcome of refused) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'AUDIT_UNAVAILABLE' } });
    expect(failures).toHaveLength(1);
    await Promise.all(busy);
    await log.append(sampleRecord('c'));
    // The records that were given up had only been late.
    expect(['a', 'b', 'c'].map((id) => log.knows(id))).toEqual([true, true, true]);
    await log.close();
    expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({ ok: true, chains: [{ records: 3 }] });
  });

  it('refuses a record whose id is not in its form, and goes on with the next', async () => {
    const log = await openSample(freshDirectory(), new MemoryCheckpoints());
    await expect(log.append({ ...sampleRecord('a'), id: 'not "an" id' })).rejects.toMatchObject({ code: 'INTERNAL' });
    await log.append(sampleRecord('b'));
    expect(log.head().count).toBe(1);
    await log.close();
  });

  it('refuses what waited behind a failed write with it, and goes on from the last durable record once it can', async () => {
    const [directory, checkpoints] = [freshDirectory(), new MemoryCheckpoints()];
    const log = await openSample(directory, checkpoints, { maxFileBytes: 1 });
    await log.append(sampleRecord('a'));
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, 'in the way of the next file');
    const writing = log.append(sampleRecord('b'));
    await new Promise(setImmediate);
    const waiting = log.append(sampleRecord('c'));
    for (const outcome of await Promise.allSettled([writing, waiting])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'AUDIT_UNAVAILABLE' } });
    }
    rmSync(directory);
    renameSync(`${directory}.away`, directory);
    await log.append(sampleRecord('d'));
    await log.close();
    expect(await verifyAuditLog(directory, sampleKey, checkpoints)).toMatchObject({
      ok: true,
      chains: [{ records: 2, problems: [] }],
    });
  });

  it('notices that its file was deleted', async () => {
    const directory = freshDirectory();
    const log = await openSample(directory, new MemoryCheckpoints(), { checkpointEveryMs: 5 });
    await log.append(sampleRecord('a'));
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const id of ['b', 'c']) await expect(log.append(sampleRecord(id))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await log.close();
  });

  it('refuses records when what it had written is gone, and never starts a second chain over it', async () => {
    const directory = freshDirectory();
    const log = await openSample(directory, new MemoryCheckpoints(), { maxFileBytes: 1 });
    await log.append(sampleRecord('a'));
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'not a directory');
    for (const id of ['b', 'c']) await expect(log.append(sampleRecord(id))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(log.head().count).toBe(1);
    await log.close();
  });
});
