import { readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { RootwardError } from '../../contract/errors.ts';
import { openAuditLog } from './audit-log.ts';
import type { Checkpoint, CheckpointStore } from './chain/checkpoint.ts';
import { sampleKey, sampleRecord } from './sample-audit.ts';

/**
 * A process for audit-log.crash.test.ts to kill or to starve: appends without end, says `ok <id>` on stdout after each acknowledged
 * record and `refused <ms>` after each refused one. Checkpoints are kept in a file, as the store would keep them.
 */
export function fileCheckpoints(path: string): CheckpointStore {
  return {
    async read() {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as Checkpoint;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(checkpoint) {
      writeFileSync(`${path}.new`, JSON.stringify(checkpoint));
      renameSync(`${path}.new`, path);
    },
  };
}

async function main(directory: string, round: string, producers: number): Promise<void> {
  const log = await openAuditLog({
    directory,
    writer: 'w1',
    key: sampleKey,
    clock: Date.now,
    checkpoints: fileCheckpoints(`${directory}.checkpoint`),
    onFailure: () => undefined,
    maxFileBytes: 512 * 1024,
    checkpointEveryMs: 20,
  });
  const produce = async (producer: number): Promise<never> => {
    for (let turn = 0; ; turn += 1) {
      const id = `${round}-${producer}-${turn}`;
      const started = performance.now();
      try {
        await log.append(sampleRecord(id));
        writeSync(1, `ok ${id}\n`);
      } catch (error) {
        if (!(error instanceof RootwardError) || error.code !== 'AUDIT_UNAVAILABLE') throw error;
        writeSync(1, `refused ${Math.round(performance.now() - started)}\n`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  await Promise.all(Array.from({ length: producers }, (_, producer) => produce(producer)));
}

const [, , directory, round, producers] = process.argv;
if (import.meta.main && directory !== undefined && round !== undefined) await main(directory, round, Number(producers));
