import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One file of a chain; its name says the writer and the seq of its first record. */
export interface ChainFile {
  readonly path: string;
  readonly name: string;
  readonly writer: string;
  readonly first: number;
}

const NAME = /^([A-Za-z0-9][A-Za-z0-9-]{0,62})\.(\d{15})\.jsonl$/;

export function chainFileName(writer: string, first: number): string {
  return `${writer}.${String(first).padStart(15, '0')}.jsonl`;
}

/** All chain files of a directory by writer, oldest first. Other files are left alone. */
export function listChainFiles(directory: string): Map<string, ChainFile[]> {
  const chains = new Map<string, ChainFile[]>();
  for (const name of readdirSync(directory).sort()) {
    const [, writer, first] = NAME.exec(name) ?? [];
    if (writer === undefined || first === undefined) continue;
    const file = { path: join(directory, name), name, writer, first: Number(first) };
    chains.set(writer, [...(chains.get(writer) ?? []), file]);
  }
  return chains;
}
