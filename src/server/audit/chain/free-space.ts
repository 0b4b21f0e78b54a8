import { statfs } from 'node:fs/promises';

const RESERVE_BYTES = 64 * 1024 * 1024;
/** On a small disk the reserve is smaller. */
const RESERVE_SHARE = 20;
const LOOK_EVERY_MS = 3000;

/** Is there still room for audit records? The answer is a few seconds old at most. */
export interface FreeSpace {
  readonly isShort: boolean;
  close(): void;
}

/** Watches the disk of a directory. `read` gives its blocks; tests give others. */
export async function watchFreeSpace(directory: string, read = statfs as (path: string) => Promise<Blocks>): Promise<FreeSpace> {
  let isShort = false;
  const look = async (): Promise<void> => {
    const { bavail, blocks, bsize } = await read(directory);
    isShort = bavail * bsize < Math.min(RESERVE_BYTES, (blocks * bsize) / RESERVE_SHARE);
  };
  await look();
  // A disk that cannot be asked is found out by the next write; until then the last answer holds.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS).unref();
  return {
    get isShort() {
      return isShort;
    },
    close: () => clearInterval(timer),
  };
}

interface Blocks {
  readonly bavail: number;
  readonly blocks: number;
  readonly bsize: number;
}
