import Type, { type Static } from 'typebox';

const text = (description: string, value?: string) =>
  Type.String({ minLength: 1, maxLength: 1024, description, ...(value !== undefined && { default: value }) });
const strict = { additionalProperties: false } as const;

/** An OpenID provider by which people log in. Its name is their realm. */
export const LoginProviderConfig = Type.Object(
  {
    // Ids of service IDs, clusters and local people begin with these names; nobody may get theirs from elsewhere.
    name: Type.String({
      pattern: '^(?!(?:iam|crn|ibmid)$)[a-z][a-z0-9]{1,19}$',
      description: 'Its name in addresses and ids; never changes',
    }),
    label: Type.Optional(text('Its name for people; by default the name')),
    issuer: text('URL of the provider: https, or http on loopback'),
    clientId: text('Id of Rootward at the provider'),
    clientSecret: Type.Optional(text('Secret of Rootward at the provider; without one Rootward is a public client')),
    clientSecretFile: Type.Optional(text('File that holds the secret')),
    scopes: text('Scopes that are asked for', 'openid email profile'),
    invitations: Type.Boolean({
      default: true,
      description: 'People who were invited by e-mail come in with their first login, if the address is verified',
    }),
    trustEmail: Type.Boolean({
      default: false,
      description:
        'An address counts as verified where the provider does not say whether it is; never where it says that it is not',
    }),
    provision: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{32}$',
        description: 'Account whose user, without any rights, everybody becomes at the first login; by default nobody does',
      }),
    ),
  },
  strict,
);
export type LoginProviderConfig = Static<typeof LoginProviderConfig>;

/** How people log in by a provider that knows them. */
export const LoginConfig = Type.Object({
  publicUrl: Type.Optional(
    text(
      'https://host[:port] by which browsers reach this server, where it is not what it listens on; providers send people there',
    ),
  ),
  timeoutSeconds: Type.Integer({
    minimum: 1,
    maximum: 60,
    default: 10,
    description: 'How long a provider may take to answer a request',
  }),
  providers: Type.Array(LoginProviderConfig, {
    default: [],
    description: 'OpenID providers; in the environment as JSON',
  }),
});
export type LoginConfig = Static<typeof LoginConfig>;

export const DEFAULT_LOGIN: LoginConfig = { timeoutSeconds: 10, providers: [] };
