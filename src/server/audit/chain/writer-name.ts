/**
 * The name of a chain also says for how many restores its server has been: after one, the files of the chain before it may be lost
 * with the machine, and a new chain begins. `name` is the writer's own.
 */
export function writerOfEpoch(name: string, epoch: number): string {
  return epoch === 0 ? name : `${name}-e${epoch}`;
}

/** Was this chain written before the restore that began `epoch`? */
export function isOfFormerEpoch(writer: string, epoch: number): boolean {
  const [, own = '0'] = /-e(\d+)$/.exec(writer) ?? [];
  return Number(own) < epoch;
}

/** Is this a chain, of any epoch, of the writer `name`? */
export function isWriterOf(writer: string, name: string): boolean {
  return writer === name || writer.replace(/-e\d+$/, '') === name;
}
