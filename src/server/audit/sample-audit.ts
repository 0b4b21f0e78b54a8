import { createSecretKey, type KeyObject } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLog, type AuditLogOptions, openAuditLog } from './audit-log.ts';
import type { Checkpoint, CheckpointStore } from './chain/checkpoint.ts';
import { type AuditEvent, buildRecord } from './records/build-record.ts';
import type { AuditRecord } from './records/record.ts';

/** What the tests of this room share: one event, a key, a checkpoint store in memory, a fresh directory. */
export const sampleKey: KeyObject = createSecretKey(Buffer.alloc(32, 7));

export const sampleEvent: AuditEvent = {
  id: 'event-1',
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 60),
  action: 'kms.secrets.wrap',
  status: 200,
  initiator: {
    id: 'IBMid-1',
    name: 'alice@example.com',
    typeURI: 'service/security/account/user',
    credential: { type: 'apikey' },
    host: { address: '192.0.2.1', agent: 'test' },
  },
  target: { id: 'crn:v1:bluemix:public:kms:us-south:a/a1:i1:key:k1', name: 'Schlüssel', typeURI: 'kms/keys' },
  responseData: { keyId: 'k1', keyVersionId: 'v1' },
  dataEvent: true,
  logSourceCRN: 'crn:v1:bluemix:public:kms:us-south:a/a1:i1::',
  correlationId: 'c1',
};

export function sampleRecord(id: string): AuditRecord {
  return buildRecord({ ...sampleEvent, id });
}

export class MemoryCheckpoints implements CheckpointStore {
  readonly kept = new Map<string, Checkpoint>();
  failure: Error | undefined;

  async write(checkpoint: Checkpoint): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.kept.set(checkpoint.writer, checkpoint);
  }

  async read(writer: string): Promise<Checkpoint | undefined> {
    return this.kept.get(writer);
  }

  async writers(): Promise<readonly string[]> {
    return [...this.kept.keys()];
  }
}

export function freshDirectory(): string {
  return join(mkdtempSync(join(tmpdir(), 'rootward-audit-')), 'audit');
}

export function openSample(
  directory: string,
  checkpoints: CheckpointStore,
  more: Partial<AuditLogOptions> = {},
): Promise<AuditLog> {
  const onFailure = (): void => undefined;
  return openAuditLog({ directory, writer: 'w1', key: sampleKey, clock: () => sampleEvent.at, checkpoints, onFailure, ...more });
}
