/** A pause that ends early when somebody has news. */
export interface Wake {
  /** Resolves after `ms`, or at the next `now()`; at once if `now()` was called since the last pause. */
  readonly pause: (ms: number) => Promise<void>;
  readonly now: () => void;
}

export function createWake(): Wake {
  let pending = false;
  let finish: (() => void) | undefined;
  return {
    now: () => {
      pending = true;
      finish?.();
    },
    pause: async (ms) => {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          finish = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        finish = undefined;
      }
      pending = false;
    },
  };
}
