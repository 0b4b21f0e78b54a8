import Type from 'typebox';

/** How access tokens are made. */
export const TokensConfig = Type.Object({
  signingKeyDays: Type.Integer({
    minimum: 1,
    maximum: 3650,
    default: 90,
    description: 'A key signs access tokens for so many days; the next one is published all that time',
  }),
});
