import { listCheckpointWriters, readCheckpoint, writeCheckpoint } from '../../../store/audit.ts';
import type { Store } from '../../../store/store.ts';
import type { CheckpointStore } from './checkpoint.ts';

/** Checkpoints in the store: apart from the files that they vouch for. */
export function checkpointsIn(store: Store): CheckpointStore {
  return {
    write: (checkpoint) => writeCheckpoint(store.db, checkpoint),
    read: (writer) => readCheckpoint(store.db, writer),
    writers: () => listCheckpointWriters(store.db),
  };
}
