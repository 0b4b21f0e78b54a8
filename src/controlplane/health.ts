import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

/** Paths of the client identity that a probe presents. */
export interface ProbeIdentity {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface ProbeResult {
  readonly ok: boolean;
  /** Why not, in a few words. */
  readonly reason: string | null;
}

const PROBE_TIMEOUT_MS = 3000;

/** Asks a health address of etcd or kube-apiserver over TLS. Never throws: not reachable is an answer too. */
export async function probe(url: string, identity: ProbeIdentity): Promise<ProbeResult> {
  let agent: Agent | null = null;
  try {
    agent = new Agent({
      connect: {
        ca: readFileSync(identity.authority),
        cert: readFileSync(identity.certificate),
        key: readFileSync(identity.key),
        timeout: PROBE_TIMEOUT_MS,
      },
    });
    const answer = await request(url, { dispatcher: agent, headersTimeout: PROBE_TIMEOUT_MS, bodyTimeout: PROBE_TIMEOUT_MS });
    const text = await answer.body.text();
    return answer.statusCode === 200 ? { ok: true, reason: null } : { ok: false, reason: failedChecks(answer.statusCode, text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await agent?.destroy();
  }
}

/** kube-apiserver lists its checks one a line; those that failed start with `[-]`. */
function failedChecks(status: number, text: string): string {
  const failed = text
    .split('\n')
    .filter((line) => line.startsWith('[-]'))
    .map((line) => line.slice(3).split(' ')[0]);
  return failed.length === 0 ? `answers ${status}` : `not ready: ${failed.join(', ')}`;
}
