const GENERATION = 65_536;

/** The ids of the newest records: always of all since the last checkpoint, and of some tens of thousands before. */
export class RecentIds {
  #newer: Set<string>;
  #older: ReadonlySet<string> = new Set();
  /** Of `#newer` as well; put there when somebody asks, which hardly ever happens. */
  #added: (readonly string[])[] = [];
  #count: number;

  constructor(ids: readonly string[]) {
    this.#newer = new Set(ids);
    this.#count = ids.length;
  }

  /** The list must not change afterwards. */
  add(ids: readonly string[]): void {
    this.#added.push(ids);
    this.#count += ids.length;
  }

  has(id: string): boolean {
    return this.#index().has(id) || this.#older.has(id);
  }

  /** To be called after a checkpoint, when no id in here is needed any more for certain. */
  age(): void {
    if (this.#count < GENERATION) return;
    this.#older = this.#index();
    this.#newer = new Set();
    this.#count = 0;
  }

  #index(): Set<string> {
    for (const ids of this.#added) for (const id of ids) this.#newer.add(id);
    this.#added = [];
    return this.#newer;
  }
}
