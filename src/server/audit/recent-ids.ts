const GENERATION = 65_536;

/** The ids of the newest records: always of all since the last checkpoint, and of some tens of thousands before. */
export class RecentIds {
  #newer: Set<string>;
  #older: ReadonlySet<string> = new Set();

  constructor(ids: Iterable<string>) {
    this.#newer = new Set(ids);
  }

  add(ids: readonly string[]): void {
    for (const id of ids) this.#newer.add(id);
  }

  has(id: string): boolean {
    return this.#newer.has(id) || this.#older.has(id);
  }

  /** To be called after a checkpoint, when no id in here is needed any more for certain. */
  age(): void {
    if (this.#newer.size < GENERATION) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}
