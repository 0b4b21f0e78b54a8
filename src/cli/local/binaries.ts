import type { FoundBinaries } from '../../controlplane/binaries/find-binaries.ts';
import type { Config } from '../../server/config.ts';

/** Finds, fetches or builds etcd and kube-apiserver, telling `report` how far it is. Throws BINARIES_UNAVAILABLE. */
export async function provideBinaries(
  config: Config,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<FoundBinaries> {
  const { findBinaries, machineDeps } = await import('../../controlplane/binaries/find-binaries.ts');
  const { binarySettings } = await import('../../server/operate/binary-settings.ts');
  return findBinaries(machineDeps(binarySettings(config), report, signal));
}

/** Which program was chosen, and why the sources before it were not. */
export function describeBinaries(found: FoundBinaries): string {
  return Object.values(found)
    .map(({ name, version, path, source, tried }) => {
      const others = tried.map((other) => `  not from ${other.source}: ${other.reason}\n`).join('');
      return `${name} ${version} from ${source}: ${path}\n${others}`;
    })
    .join('');
}
