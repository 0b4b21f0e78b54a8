/** A terminal's Ctrl-C may arrive twice, from the terminal and from the launcher; that is one wish. */
const ONE_WISH_MS = 1000;

export interface StopSignal {
  /** Resolves with the first SIGINT or SIGTERM. */
  readonly asked: Promise<void>;
  readonly isAsked: () => boolean;
  /** From here on signals do what they always do. */
  dispose(): void;
}

/** Takes over SIGINT and SIGTERM. Whoever insists after more than a second ends the process at once with status 130. */
export function listenForStop(now: () => number): StopSignal {
  let firstAt: number | undefined;
  let tell: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const stop = () => {
    if (firstAt !== undefined && now() - firstAt > ONE_WISH_MS) process.exit(130);
    firstAt ??= now();
    tell();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    asked,
    isAsked: () => firstAt !== undefined,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
