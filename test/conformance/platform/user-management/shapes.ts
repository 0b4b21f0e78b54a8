import Type from 'typebox';
import { exactly, hex32, iamId, instant, maybeEmpty, text } from '../common-shapes.ts';

const email = Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$' });
const usersUrl = (rest: string) =>
  Type.String({ pattern: `^http://127\\.0\\.0\\.1:\\d+/v2/accounts/[0-9a-f]{32}/users\\?${rest}$` });

export const user = exactly({
  id: text,
  iam_id: iamId,
  realm: text,
  user_id: email,
  // Whoever has not accepted yet has no name.
  firstname: maybeEmpty,
  lastname: maybeEmpty,
  state: Type.Union([Type.Literal('ACTIVE'), Type.Literal('PENDING'), Type.Literal('DISABLED')]),
  email,
  phonenumber: maybeEmpty,
  altphonenumber: maybeEmpty,
  photo: maybeEmpty,
  account_id: hex32,
  added_on: instant,
});

/** A page of one that another one follows. */
export const userPage = exactly({
  total_results: Type.Integer({ minimum: 2 }),
  limit: Type.Literal(1),
  first_url: usersUrl('(.*&)?limit=1(&.*)?'),
  next_url: usersUrl('(.*&)?_start=.+'),
  resources: Type.Array(user, { minItems: 1, maxItems: 1 }),
});

export const invited = exactly({
  resources: Type.Array(
    exactly({
      email,
      id: text,
      state: Type.Literal('PENDING'),
      // Not in the published answer: no mail is sent, so whoever invites hands this over.
      invitation: exactly({ id: text, token: Type.String({ minLength: 32 }), expires_at: instant }),
    }),
    { minItems: 2, maxItems: 2 },
  ),
});
