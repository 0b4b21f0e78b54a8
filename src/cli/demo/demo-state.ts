import type { Client } from '../../client/client.ts';
import { RootwardError } from '../../contract/errors.ts';
import type { Io } from '../io.ts';
import type { DemoSecret } from './demo-secret.ts';
import type { RawRead } from './raw-etcd.ts';

/** What the demo is given. */
export interface DemoParts {
  readonly client: Client;
  /** Undefined where the server's data directory is not on this machine: then the bytes in etcd cannot be shown. */
  readonly dataDir: string | undefined;
  readonly region: string;
  /** Walk everything on a new cluster, also where an earlier one is there. */
  readonly fresh: boolean;
  /** Nobody else walks the demo on this server, so what an interrupted walk has left can go. */
  readonly tidy: boolean;
}

/** What the steps hand to one another. Names carry a suffix of their own, so that the demo can be repeated. */
export interface DemoState extends DemoParts {
  readonly io: Pick<Io, 'now'>;
  readonly suffix: string;
  /** What the Secret says: random, so that its bytes cannot be anywhere by accident. */
  readonly password: string;
  readonly signal: AbortSignal;
  /** Tells how far a step is. */
  readonly tell: (text: string) => void;
  instanceId: string;
  rootKeyId: string;
  oldRootKeyId: string;
  clusterId: string;
  secret: DemoSecret | undefined;
  raw: RawRead | undefined;
}

export interface DemoStep {
  readonly name: string;
  readonly heading: string;
  /** What is done and why, for people. */
  readonly about: string;
  /** Resolves to what it proves. */
  run(state: DemoState): Promise<string>;
}

/** Ends the demo: something is not as it has to be. */
export function mustBe(condition: boolean, otherwise: string): void {
  if (!condition) throw new RootwardError('PROOF_FAILED', { message: otherwise });
}

/** The refusal that has to come, with its text. Anything else ends the demo. */
export async function refusal(code: RootwardError['code'], attempt: Promise<unknown>): Promise<RootwardError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof RootwardError && error.code === code) return error;
    throw error;
  }
  throw new RootwardError('PROOF_FAILED', { message: `The server accepted what it has to refuse as ${code}.` });
}

/** The demo's own cluster, or an error if a step before has not made it. */
export function secretOf({ secret }: DemoState): DemoSecret {
  if (!secret) throw new RootwardError('STEP_ORDER', { message: 'The demo has no cluster yet.' });
  return secret;
}
