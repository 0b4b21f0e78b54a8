import Type, { type Static } from 'typebox';

/** What the server knows about the root keys of one cluster: the answer of `POST /v2/kms/plugin/state`. */
const MAX_UINT32 = 0xffffffff;
const Uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });

const ActivationSchema = Type.Object({
  epoch: Type.Integer({ minimum: 0, maximum: MAX_UINT32 }),
  number: Type.Integer({ minimum: 0, maximum: MAX_UINT32 }),
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  instanceId: Uuid,
  keyId: Uuid,
  keyVersionId: Type.String({ minLength: 1, maxLength: 64 }),
  status: Type.Union([Type.Literal('active'), Type.Literal('prepared'), Type.Literal('retired')]),
});

// Unknown fields are allowed here, and only here: a newer server may say more.
export const PluginStateSchema = Type.Object({
  serverId: Type.String(),
  revision: Type.String({ maxLength: 256 }),
  cluster: Type.Object({ id: Type.String(), crn: Type.String(), encryptionDomainHash: Type.String() }),
  kekLeaseSeconds: Type.Integer({ minimum: 1, maximum: 7 * 24 * 3600 }),
  activations: Type.Array(ActivationSchema, { maxItems: 4096 }),
  keys: Type.Array(
    Type.Object({
      instanceId: Uuid,
      keyId: Uuid,
      verdict: Type.Union([
        Type.Literal('usable'),
        Type.Literal('suspended'),
        Type.Literal('destroyed'),
        Type.Literal('expired'),
        Type.Literal('denied'),
      ]),
    }),
    { maxItems: 4096 },
  ),
});

export type PluginState = Static<typeof PluginStateSchema>;
export type Activation = Static<typeof ActivationSchema>;
