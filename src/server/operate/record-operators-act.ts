import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { insertOutbox } from '../../store/audit.ts';
import type { Tx } from '../../store/store.ts';
import { lineOf } from '../audit/chain/record-line.ts';
import { type AuditEvent, buildRecord } from '../audit/records/build-record.ts';
import type { Config } from '../config.ts';
import type { DataDir } from './data-dir.ts';
import { replicaName } from './replica.ts';

export interface OperatorsAct extends Pick<AuditEvent, 'at' | 'action' | 'status' | 'target' | 'requestData' | 'responseData'> {
  /** The command by which it was done, without its arguments. */
  readonly command: string;
  /** The CRN whose account receives the record; absent: the target's own. */
  readonly logSourceCRN?: string;
}

/** Who acts at the machine of the server, past its API, as far as the machine knows. */
export const operator = (): string => `operator-${userInfo().username}`;

/**
 * Writes the record of an act past the API in the transaction that does it. It enters the audit chain at the next start of the
 * server, or of whichever replica looks next.
 */
export async function recordOperatorsAct(tx: Tx, config: Config, dataDir: DataDir, act: OperatorsAct): Promise<void> {
  const { at, action, status, target, requestData, responseData, command, logSourceCRN } = act;
  const record = buildRecord({
    id: randomUUID(),
    at,
    action,
    status,
    initiator: {
      id: operator(),
      name: 'an operator at the machine of the server',
      typeURI: 'service/security/account/user',
      credential: { type: 'user' },
      host: { address: '127.0.0.1', agent: `rootward ${command}` },
    },
    target,
    requestData,
    responseData,
    dataEvent: false,
    logSourceCRN: logSourceCRN ?? target.id,
    correlationId: randomUUID(),
  });
  await insertOutbox(tx, record.id, lineOf(record), at, writerOf(config, dataDir));
}

/** Whose chain the record is for; where no server has run on this data directory: whichever replica looks next. */
function writerOf(config: Config, dataDir: DataDir): string | null {
  const isKnown = config.store.url === undefined || config.replica !== undefined || existsSync(dataDir.replicaId);
  return isKnown ? replicaName(config, dataDir) : null;
}
