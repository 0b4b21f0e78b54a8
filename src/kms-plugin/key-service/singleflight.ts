/** Callers that want the same thing at the same time share one attempt, and its failure. */
export type Singleflight<R> = (key: string, task: () => Promise<R>) => Promise<R>;

export function createSingleflight<R>(): Singleflight<R> {
  const flights = new Map<string, Promise<R>>();
  return (key, task) => {
    const running = flights.get(key);
    if (running !== undefined) return running;
    const flight = task().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
