import { existsSync } from 'node:fs';
import { Counter, type Registry } from 'prom-client';
import type { Barrier } from '../../crypto/barrier.ts';
import { deleteMeta, readMeta } from '../../store/meta.ts';
import type { Store } from '../../store/store.ts';
import type { Auditor } from '../audit/auditor.ts';
import { recordLine } from '../audit/chain/record-line.ts';
import { systemRecord } from '../jobs/system-record.ts';
import { createKeyRows, type KeyRows } from '../key-rows.ts';
import { writeDurably } from './write-durably.ts';

interface FailureLog {
  error(facts: object, message: string): void;
}

/** The rows of keys under this server's barrier. A row that is not authentic is counted and logged each time that it is read. */
export function openKeyRows(deps: { readonly barrier: Barrier; readonly registry: Registry; readonly log: FailureLog }): KeyRows {
  const failures = new Counter({
    name: 'rootward_row_integrity_failures_total',
    help: 'Rows of keys that were read and are not as this server wrote them',
    registers: [deps.registry],
  });
  return createKeyRows({
    key: deps.barrier.deriveKey('key-rows'),
    onFailure(row) {
      failures.inc();
      const facts = { keyId: row.id, instanceId: row.instance_id, accountId: row.account_id };
      deps.log.error(facts, 'the stored row of a key is not as this server wrote it; the key is refused (docs/adr/0013)');
    },
  });
}

export interface Adoption {
  readonly store: Store;
  readonly keyRows: KeyRows;
  readonly auditor: Pick<Auditor, 'outbox' | 'settle'>;
  readonly log: FailureLog & { warn(facts: object, message: string): void };
  /** Outside of the database: exists once this server has seen that every row has a MAC. */
  readonly doneFile: string;
  readonly accountId: string;
  readonly region: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly rowsAtOnce: number;
}

/**
 * After a migration from before rows of keys had MACs: gives them theirs, once, with a record of how many. The mark that asks for it
 * lies in the database, where whoever can change a row can put it again; so a server that has done it never does it again.
 */
export async function adoptKeyRows(adoption: Adoption): Promise<void> {
  const { store, keyRows, log, doneFile } = adoption;
  const isAsked = async () => (await readMeta(store.db, 'keys_without_mac')) !== undefined;
  if ((await isAsked()) && existsSync(doneFile)) {
    log.error(
      { file: doneFile },
      'the database asks to believe rows of keys as they are, which was done before; they are refused',
    );
    return;
  }
  let rows = 0;
  while (await isAsked()) {
    const record = recordOf(adoption, rows);
    const adopted = await store.change(['keys'], async (tx) => {
      if ((await readMeta(tx, 'keys_without_mac')) === undefined) return { count: 0, last: false };
      const count = await keyRows.adopt(tx, adoption.rowsAtOnce);
      if (count === adoption.rowsAtOnce) return { count, last: false };
      // The last ones: what asks for it goes with them.
      await deleteMeta(tx, 'keys_without_mac');
      await adoption.auditor.outbox(tx, record(count));
      return { count, last: true };
    });
    rows += adopted.count;
    if (!adopted.last) continue;
    await adoption.auditor.settle(record(adopted.count));
    log.warn({ keys: rows }, 'rows of keys from before they were authenticated were taken as they are, this once');
  }
  if (!existsSync(doneFile)) writeDurably(doneFile, 'Every row of a key has a MAC. See docs/adr/0013.\n', true);
}

/** The same record for the same count, so that the chain knows it again. */
function recordOf({ newId, now, accountId, region }: Adoption, before: number) {
  const [id, at, correlationId] = [newId(), now(), newId()];
  return (count: number) =>
    recordLine(
      systemRecord({
        id,
        at,
        action: 'rootward.keys.adopt',
        target: { serviceName: 'kms', accountId, region },
        feature: 'keys',
        responseData: { totalResources: before + count },
        correlationId,
      }),
    );
}
