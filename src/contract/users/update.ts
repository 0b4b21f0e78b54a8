import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ActivityQuery, UserParams } from './user.ts';

export const updateUser = defineOperation({
  name: 'users.update',
  api: 'iam',
  http: { method: 'PATCH', path: '/v2/accounts/:account_id/users/:iam_id', success: 204 },
  action: 'user-management.user.update',
  mutates: true,
  input: {
    params: UserParams,
    query: ActivityQuery,
    body: Type.Object({
      /** `DISABLED` ends every login and disables the API keys of the user; `ACTIVE` lets him log in again. */
      state: Type.Optional(Type.String({ maxLength: 64 })),
      firstname: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      lastname: Type.Optional(Type.String({ maxLength: 100 })),
      email: Type.Optional(Type.String({ maxLength: 254 })),
      phonenumber: Type.Optional(Type.String({ maxLength: 64 })),
      altphonenumber: Type.Optional(Type.String({ maxLength: 64 })),
      photo: Type.Optional(Type.String({ maxLength: 1024 })),
    }),
  },
  output: undefined,
  sensitive: [],
  errors: ['ACCOUNT_MISMATCH', 'IAM_NOT_FOUND', 'INVALID_FIELD', 'ACTION_DENIED', 'USER_STATE', 'ACCOUNT_OWNER', 'NOT_SUPPORTED'],
  summary: 'Disable or enable a user of the account, or change your own name',
});
