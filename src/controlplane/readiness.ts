import { type ProbeIdentity, probe } from './health.ts';

const IMPATIENT_MS = 150;
const CALM_MS = 5000;

/** Asks one apiserver again and again whether it is ready: often until it is, seldom afterwards. */
export class Readiness {
  readonly pid: number;
  ready = false;
  reason: string | null = 'starting';
  readonly #url: string;
  readonly #identity: ProbeIdentity;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(pid: number, url: string, identity: ProbeIdentity) {
    this.pid = pid;
    this.#url = url;
    this.#identity = identity;
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
    this.ready = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { ok, reason } = await probe(`${this.#url}/readyz`, this.#identity);
    if (this.#closed) return;
    this.ready = ok;
    this.reason = reason;
    this.#timer = setTimeout(() => void this.#ask(), ok ? CALM_MS : IMPATIENT_MS);
    this.#timer.unref();
  }
}
