import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const OPENING = /^\{"seq":\d{1,15},"id":"([^"\\]*)"/;
const EVENT_TIME = /"eventTime":"([^"]{1,40})"/;
/** Records are in the order in which they were written; their times are those at which their requests began. */
const LONGEST_REQUEST_MS = 10 * 60_000;

/**
 * Which of `ids` stand in the files that were not read when the chain was opened? `read` is the oldest file that was. Goes back
 * from there only as far as a record that was made at `since` (ms since 1970) can be: for records of the last minutes of a quiet
 * log that is no file at all.
 */
export async function findInOlderFiles(
  unread: readonly string[],
  read: string | undefined,
  ids: ReadonlySet<string>,
  since: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let newer = read;
  for (const path of [...unread].reverse()) {
    if (newer !== undefined && (await beginsBefore(newer, since - LONGEST_REQUEST_MS))) break;
    for await (const line of linesOf(path)) {
      const [, id] = OPENING.exec(line) ?? [];
      if (id !== undefined && ids.has(id)) found.add(id);
    }
    newer = path;
  }
  return found;
}

/** Was the first record of a file made before `instant`? A file without records or times tells nothing. */
async function beginsBefore(path: string, instant: number): Promise<boolean> {
  for await (const line of linesOf(path)) {
    if (!OPENING.test(line)) continue;
    const [, time = ''] = EVENT_TIME.exec(line) ?? [];
    return Date.parse(time) < instant;
  }
  return false;
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}
