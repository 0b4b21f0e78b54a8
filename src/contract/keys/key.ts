import Type, { type Static, type TSchema } from 'typebox';

export const KEY_TYPE = 'application/vnd.ibm.kms.key+json';

export const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';
/** RFC 3339 with a zone; fractions of a second are allowed. */
export const INSTANT = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$';

/** The key as Key Protect's API shows it. Instants are RFC 3339 in UTC with whole seconds. */
export const Key = Type.Object({
  type: Type.String(),
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  aliases: Type.Optional(Type.Array(Type.String())),
  tags: Type.Optional(Type.Array(Type.String())),
  state: Type.Integer(),
  expirationDate: Type.Optional(Type.String()),
  extractable: Type.Boolean(),
  crn: Type.String(),
  imported: Type.Boolean(),
  keyRingID: Type.String(),
  creationDate: Type.String(),
  createdBy: Type.String(),
  algorithmType: Type.String(),
  algorithmMetadata: Type.Object({ bitLength: Type.String(), mode: Type.String() }),
  algorithmBitSize: Type.Integer(),
  algorithmMode: Type.String(),
  nonactiveStateReason: Type.Optional(Type.Integer()),
  lastUpdateDate: Type.Optional(Type.String()),
  lastRotateDate: Type.Optional(Type.String()),
  keyVersion: Type.Optional(Type.Object({ id: Type.String(), creationDate: Type.String() })),
  dualAuthDelete: Type.Object({
    enabled: Type.Boolean(),
    keySetForDeletion: Type.Optional(Type.Boolean()),
    authExpiration: Type.Optional(Type.String()),
  }),
  rotation: Type.Optional(Type.Object({ enabled: Type.Boolean(), interval_month: Type.Integer() })),
  deleted: Type.Boolean(),
  deletionDate: Type.Optional(Type.String()),
  deletedBy: Type.Optional(Type.String()),
  restoreExpirationDate: Type.Optional(Type.String()),
  restoreAllowed: Type.Optional(Type.Boolean()),
  purgeAllowed: Type.Optional(Type.Boolean()),
  purgeAllowedFrom: Type.Optional(Type.String()),
  purgeScheduledOn: Type.Optional(Type.String()),
  payload: Type.Optional(Type.String()),
});
export type Key = Static<typeof Key>;

/** The envelope of every collection; `collectionTotal` is the number of elements on this page. */
export function envelope<T extends TSchema>(element: T) {
  return Type.Object({
    metadata: Type.Object({
      collectionType: Type.String(),
      collectionTotal: Type.Integer(),
      totalCount: Type.Optional(Type.Integer()),
    }),
    resources: Type.Array(element),
  });
}

/** An envelope in a request: clients differ in what they write around the resources. */
export function requestEnvelope<T extends TSchema>(element: T) {
  return Type.Object({
    metadata: Type.Object({ collectionType: Type.Optional(Type.String()), collectionTotal: Type.Optional(Type.Integer()) }),
    resources: Type.Array(element),
  });
}

/** Every call names its instance by header. Other headers are ignored. */
export const InstanceHeaders = Type.Object({
  'bluemix-instance': Type.String({ minLength: 1, maxLength: 64 }),
  'x-kms-key-ring': Type.Optional(Type.String()),
  prefer: Type.Optional(Type.String()),
});

export const KeyParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) });

/** Additional authenticated data: order counts; a null element means the empty string, as some clients send it. */
export const Aad = Type.Optional(Type.Array(Type.Union([Type.String({ maxLength: 255 }), Type.Null()]), { maxItems: 255 }));

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
} as const;
