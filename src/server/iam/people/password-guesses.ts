import { RootwardError } from '../../../contract/errors.ts';
import { networkOf } from '../tokens/guesses/network-of.ts';

/** Mistypings that cost nothing. */
const FREE = 5;
const LONGEST_WAIT_MS = 900_000;
const FORGOTTEN_MS = 3_600_000;
/** Passwords of whatever people that an address may try in a minute. */
const OF_ADDRESS = 60;
const MINUTE_MS = 60_000;
const KEPT = 20_000;

/**
 * Slows down whoever tries passwords. Each further try for one person doubles how long its address waits before the next, whether such
 * a person exists or not; and an address that tries one password for many people has so many tries in a minute. Other addresses wait
 * for nothing, so nobody can be locked out.
 */
export interface PasswordGuesses {
  /** Counts a try before it is made. Returns what to throw without looking at the password; undefined: it may be looked at. */
  begin(email: string, address: string, now: number): RootwardError | undefined;
  /** It was the right password, so what was tried before was mistyped. */
  right(email: string, address: string): void;
}

interface Tries {
  readonly count: number;
  readonly at: number;
}

export function createPasswordGuesses(): PasswordGuesses {
  const ofPerson = new Map<string, Tries>();
  const ofAddress = new Map<string, Tries>();
  const nameOf = (email: string, address: string): string => `${address} ${email}`;
  return {
    begin(email, from, now) {
      const address = networkOf(from);
      const name = nameOf(email, address);
      const tried = recent(ofPerson.get(name), now, FORGOTTEN_MS);
      const many = recent(ofAddress.get(address), now, MINUTE_MS);
      const waitMs = Math.max(
        tried ? tried.at + waitAfter(tried.count) - now : 0,
        many && many.count >= OF_ADDRESS ? many.at + MINUTE_MS - now : 0,
      );
      if (waitMs > 0) {
        const retryAfterSeconds = Math.ceil(waitMs / 1000);
        return new RootwardError('OVERLOADED', { message: 'Too many passwords were tried. Try again later.', retryAfterSeconds });
      }
      // Counted now: those that are being checked meanwhile are tries as well.
      put(ofPerson, name, { count: (tried?.count ?? 0) + 1, at: now });
      // A minute counts from the first.
      put(ofAddress, address, { count: (many?.count ?? 0) + 1, at: many?.at ?? now });
      return undefined;
    },
    right(email, from) {
      ofPerson.delete(nameOf(email, networkOf(from)));
    },
  };
}

function recent(tries: Tries | undefined, now: number, forgottenMs: number): Tries | undefined {
  return tries && now - tries.at < forgottenMs ? tries : undefined;
}

function waitAfter(count: number): number {
  return count < FREE ? 0 : Math.min(1000 * 2 ** (count - FREE), LONGEST_WAIT_MS);
}

/** The newest are at the end; what leaves is what nobody has tried for longest. */
function put(all: Map<string, Tries>, name: string, tries: Tries): void {
  all.delete(name);
  if (all.size >= KEPT) all.delete(all.keys().next().value ?? '');
  all.set(name, tries);
}
