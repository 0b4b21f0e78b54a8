import Type from 'typebox';
import { defineOperation } from '../operation.ts';

export const createPasscode = defineOperation({
  name: 'passcodes.create',
  api: 'iam',
  http: { method: 'POST', path: '/identity/passcode', success: 200, form: true },
  action: 'iam-identity.apikey.create',
  auditAs: 'iam-identity.user-passcode.create',
  mutates: true,
  input: {},
  output: Type.Object({
    passcode: Type.String({ description: 'Good for one login, by grant passcode' }),
    expires_in: Type.Integer({ description: 'Seconds' }),
    expiration: Type.Integer({ description: 'Seconds since 1970' }),
  }),
  sensitive: ['output.passcode'],
  errors: ['ACTION_DENIED'],
  summary: 'Get a one-time code with which to log in elsewhere as yourself',
});
