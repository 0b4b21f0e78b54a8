import Type from 'typebox';

/** The name of an identity provider; also the realm of the people that it knows. */
export const ProviderName = Type.String({ pattern: '^[a-z][a-z0-9]{1,19}$' });

/** Where a login ends: with a passcode for the command line, or in the console. */
export const ReturnTo = Type.Enum(['passcode', 'console'], { default: 'passcode' });

/** An account that a person has. */
export const OwnAccount = Type.Object({ id: Type.String(), name: Type.String() });

/** What a login gives: a code for `POST /identity/token` with the grant `urn:ibm:params:oauth:grant-type:passcode`. */
export const LoginReply = Type.Object({
  passcode: Type.String({ description: 'Can be exchanged once' }),
  expires_in: Type.Integer({ description: 'Seconds until the passcode ends' }),
  return_to: ReturnTo,
  iam_id: Type.String(),
  name: Type.String(),
  account: OwnAccount,
  accounts: Type.Array(OwnAccount, { description: 'Every account that the person is an active user of' }),
});
