import type { KeyMaking } from '../../iam/signing-keys/make-key.ts';
import type { Job } from '../job.ts';
import { dropPasscodes } from './drop-passcodes.ts';
import { dropRetiredSigningKeys } from './drop-retired-signing-keys.ts';
import { dropSessions } from './drop-sessions.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';

export interface IamJobsDeps extends KeyMaking {
  /** How long a key signs, in ms. */
  readonly signingKeyMs: number;
}

/** All scheduled work of IAM. */
export function iamJobs(deps: IamJobsDeps): readonly Job[] {
  return [rotateSigningKeys(deps), dropRetiredSigningKeys(), dropSessions(), dropPasscodes()];
}
