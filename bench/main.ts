// `npm run bench -- NAME [options]`: one figure, by the command that we name wherever we state it.
const BENCHES: Readonly<Record<string, () => Promise<{ run(args: string[]): Promise<void> }>>> = {
  wrap: () => import('./wrap.ts'),
  unwrap: () => import('./unwrap.ts'),
  latency: () => import('./latency.ts'),
  create: () => import('./create.ts'),
  tokens: () => import('./tokens.ts'),
  'many-keys': () => import('./many-keys.ts'),
  decide: () => import('./decide.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = BENCHES[name];
if (!load) {
  process.stderr.write(`usage: npm run bench -- NAME [options]; there are: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exit(1);
}
try {
  await (await load()).run(args);
} catch (error) {
  process.stderr.write(`no figure: ${(error as Error).message}\n`);
  process.exit(1);
}
