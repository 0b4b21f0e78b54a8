import { globSync } from 'node:fs';
import { importsOf } from './imports.ts';
import { BOUNDARIES, type Boundary } from './rules.ts';

const isIn = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

function boundaryOf(file: string): Boundary | undefined {
  return BOUNDARIES.filter(({ from }) => isIn(file, from)).sort((a, b) => b.from.length - a.from.length)[0];
}

function allows({ from, rooms, packages }: Boundary, to: string): boolean {
  if (isIn(to, 'src')) return isIn(to, from) || rooms.some((room) => isIn(to, room));
  if (packages.includes('*')) return to !== 'node:sqlite';
  return packages.some((name) =>
    name === 'node:' ? to.startsWith('node:') && to !== 'node:sqlite' : to === name || to.startsWith(`${name}/`),
  );
}

/** Every import that crosses a boundary, and every circle of modules, as sentences. Tests may import what they like. */
export function checkBoundaries(root: string): string[] {
  const files = globSync('src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts') && !file.includes('/testkit/'),
  );
  const graph = new Map(files.map((file) => [file, importsOf(root, file)]));
  const wrong: string[] = [];
  for (const [file, imports] of graph) {
    const boundary = boundaryOf(file);
    if (!boundary) wrong.push(`${file} is in no room of tools/boundaries/rules.ts`);
    else for (const { to } of imports) if (!allows(boundary, to)) wrong.push(`${file} may not import ${to}`);
  }
  const edges = new Map(
    [...graph].map(([file, imports]) => [file, imports.filter((it) => !it.isTypeOnly && graph.has(it.to)).map((it) => it.to)]),
  );
  return [...wrong, ...findCircles(edges)];
}

function findCircles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push(`these import each other: ${[...path.slice(at), file].join(' → ')}`);
    if (at >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return circles;
}
