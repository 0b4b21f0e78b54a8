const GENERATION = 65_536;

/** The ids of the newest records: always of all since the last checkpoint, and of some tens of thousands before. */
export class RecentIds {
  #newer: Generation;
  #older = new Generation([]);

  constructor(ids: readonly string[]) {
    this.#newer = new Generation(ids);
  }

  /** The list must not change afterwards. */
  add(ids: readonly string[]): void {
    this.#newer.add(ids);
  }

  has(id: string): boolean {
    return this.#newer.has(id) || this.#older.has(id);
  }

  /** To be called after a checkpoint, when no id in here is needed any more for certain. */
  age(): void {
    if (this.#newer.count < GENERATION) return;
    this.#older = this.#newer;
    this.#newer = new Generation([]);
  }
}

/** Lists of ids, of which a set is made only when somebody asks: that hardly ever happens, and holds everything up for long. */
class Generation {
  readonly #set = new Set<string>();
  #added: (readonly string[])[];
  #count: number;

  constructor(ids: readonly string[]) {
    this.#added = [ids];
    this.#count = ids.length;
  }

  get count(): number {
    return this.#count;
  }

  add(ids: readonly string[]): void {
    this.#added.push(ids);
    this.#count += ids.length;
  }

  has(id: string): boolean {
    for (const ids of this.#added) for (const each of ids) this.#set.add(each);
    this.#added = [];
    return this.#set.has(id);
  }
}
