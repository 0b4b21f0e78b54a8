import Type, { type Static } from 'typebox';
import { PageQuery } from '../keys/key.ts';

/** Which registrations are meant. The CRN has all ten segments; `*` stands for a whole one, or ends the last one. */
export const RegistrationQuery = Type.Object({
  ...PageQuery,
  urlEncodedResourceCRNQuery: Type.Optional(Type.String({ maxLength: 512 })),
  preventKeyDeletion: Type.Optional(Type.Boolean()),
  totalCount: Type.Optional(Type.Boolean()),
});
export type RegistrationQuery = Static<typeof RegistrationQuery>;
