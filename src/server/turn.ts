/**
 * Puts work off to the end of the current turn of the event loop, where all of it is done in a row: what many requests need one after
 * the other then runs from the processor's caches, which costs a request less than the turn does. Work must not throw.
 */
export function createTurn(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const workOff = (): void => {
    const now = waiting;
    waiting = [];
    for (const work of now) work();
  };
  return (work) => {
    if (waiting.length === 0) setImmediate(workOff);
    waiting.push(work);
  };
}
