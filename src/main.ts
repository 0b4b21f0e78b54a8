/** The faces of the program, each loaded only when it is asked for: a KMS plugin starts in the shadow of a kube-apiserver's restart. */

// No file of ours is for others unless its writer says so, as the socket of a plugin does.
process.umask(0o077);

async function run(args: string[]): Promise<number> {
  const [face, ...rest] = args;
  if (face === 'kms-plugin') return runProcess(async () => (await import('./kms-plugin/main.ts')).main(rest));
  if (face === 'cluster-agent') return runProcess(async () => (await import('./cluster-agent/main.ts')).main(rest));
  const { runCli } = await import('./cli/run.ts');
  return runCli(args);
}

/** The processes beside a cluster throw; how that is told is the command line's matter. */
async function runProcess(main: () => Promise<void>): Promise<number> {
  try {
    await main();
    return 0;
  } catch (error) {
    const { printError } = await import('./cli/print-error.ts');
    const { env, stderr } = process;
    return printError(error, { env, err: (text) => void stderr.write(text), errIsTerminal: stderr.isTTY === true });
  }
}

process.exitCode = await run(process.argv.slice(2));
