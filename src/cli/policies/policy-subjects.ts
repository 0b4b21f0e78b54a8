import { accessGroupByName, profileByName, serviceIdByName, userByEmail } from '../identity-names.ts';
import type { Session } from '../session/session.ts';
import type { CliCondition } from './conditions.ts';

/** Whose access policies a family of commands is about. */
export interface SubjectKind {
  /** `iam user-policies`, `iam user-policy-create`, … */
  readonly word: string;
  readonly argument: string;
  readonly help: string;
  readonly example: string;
  /** The condition on the subject, from what people write. */
  find(session: Session, written: string): Promise<CliCondition>;
}

const iamId = (value: string): CliCondition => ({ key: 'iam_id', operator: 'stringEquals', value });

export const SUBJECT_KINDS: readonly SubjectKind[] = [
  {
    word: 'user',
    argument: 'user',
    help: 'e-mail address or IAM id of the user',
    example: 'ada@example.com',
    find: async (session, written) => {
      const account = written.includes('@') ? (await session.account()).id : '';
      return iamId(await userByEmail(session.client, account, written));
    },
  },
  {
    word: 'service',
    argument: 'service-id',
    help: 'name or id of the service ID',
    example: 'backup-job',
    find: async ({ client }, written) => iamId(`iam-${await serviceIdByName(client, written)}`),
  },
  {
    word: 'access-group',
    argument: 'group',
    help: 'name or id of the access group',
    example: 'key-custodians',
    find: async ({ client }, written) => ({
      key: 'access_group_id',
      operator: 'stringEquals',
      value: await accessGroupByName(client, written),
    }),
  },
  {
    word: 'trusted-profile',
    argument: 'profile',
    help: 'name or id of the trusted profile',
    example: 'deployments',
    find: async ({ client }, written) => iamId(`iam-${await profileByName(client, written)}`),
  },
];
