import type { Activity } from '../../../contract/activity.ts';
import { formatInstant } from '../../instant.ts';

interface Counted {
  readonly last_authn_at: number | null;
  readonly authn_count: number;
}

/** An answer with the logins of its row, where the caller wants them. */
export function withActivity<T extends object>(
  answer: T,
  row: Counted,
  isWanted: boolean | undefined,
): T & { activity?: Activity } {
  return isWanted ? { ...answer, activity: presentActivity(row) } : answer;
}

function presentActivity({ last_authn_at, authn_count }: Counted): Activity {
  return { authn_count, ...(last_authn_at !== null && { last_authn: formatInstant(last_authn_at) }) };
}
