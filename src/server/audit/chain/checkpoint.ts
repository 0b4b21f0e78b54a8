/** How far a writer's chain had come: proof that so many records existed, even if the files say less. */
export interface Checkpoint {
  readonly writer: string;
  /** Number of records since the chain began. */
  readonly count: number;
  /** base64url MAC of the last of them. */
  readonly mac: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Keeps checkpoints apart from the files that they vouch for. */
export interface CheckpointStore {
  write(checkpoint: Checkpoint): Promise<void>;
  read(writer: string): Promise<Checkpoint | undefined>;
  /** Every writer that ever wrote one; without it, the loss of all files of a chain goes unnoticed. */
  writers?(): Promise<readonly string[]>;
}
