import { RootwardError } from '../../../contract/errors.ts';
import { openBarrier, parseEnvelope, type Seal, type SealEnvelope } from '../../../crypto/seals/envelope.ts';
import { recoveryCodeSeal } from '../../../crypto/seals/recovery-code.ts';
import type { SecretBytes } from '../../../crypto/secret-bytes.ts';
import { type ArchiveHeader, damaged } from '../../backups/archive/archive-header.ts';
import type { Config } from '../../config.ts';
import type { DataDir } from '../data-dir.ts';
import { sealOf } from '../unseal.ts';

export interface OpenedArchive {
  /** The barrier key; the caller destroys it. */
  readonly key: SecretBytes;
  readonly envelopes: readonly SealEnvelope[];
}

/**
 * The barrier key out of an archive's own envelopes: by the recovery code, or by the seal of this machine. Throws RECOVERY_CODE,
 * SEAL_KEY, SEAL_MISMATCH or BACKUP_DAMAGED.
 */
export async function openArchiveSeal(
  header: ArchiveHeader,
  config: Config,
  dataDir: DataDir,
  recoveryCode: string | undefined,
): Promise<OpenedArchive> {
  const envelopes = header.envelopes.map(parse);
  const seal = recoveryCode === undefined ? sealHere(envelopes, config, dataDir) : recoveryCodeSeal(recoveryCode);
  return { key: await openBarrier(envelopes, seal), envelopes };
}

function sealHere(envelopes: readonly SealEnvelope[], config: Config, dataDir: DataDir): Seal {
  try {
    return sealOf(envelopes, config, dataDir);
  } catch (error) {
    if (!(error instanceof RootwardError && error.code === 'SEAL_KEY')) throw error;
    throw new RootwardError('SEAL_KEY', {
      message: error.message,
      hint: 'On another machine, open the archive by the recovery code: --recovery-code-file FILE',
      cause: error,
    });
  }
}

function parse(text: string): SealEnvelope {
  try {
    return parseEnvelope(text);
  } catch {
    throw damaged('The header is damaged: a seal envelope in it is not one.');
  }
}
