import Type, { type TObject, type TProperties, type TSchema } from 'typebox';

// What the documented answers are made of, written down apart from the server's own schemas, so that a mistake there is seen here.

/** Nothing may be in an answer that is not named. */
export const exactly = <T extends TProperties>(fields: T): TObject<T> => Type.Object(fields, { additionalProperties: false });
export const maybe = <T extends TSchema>(schema: T) => Type.Optional(schema);
export const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const listOf = <T extends TSchema>(element: T) => Type.Array(element);
export const text = Type.String({ minLength: 1 });
export const maybeEmpty = Type.String();
export const flag = Type.Boolean();
export const count = Type.Integer({ minimum: 0 });
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
export const uuid = Type.String({ pattern: `^${UUID}$` });
export const hex32 = Type.String({ pattern: '^[0-9a-f]{32}$' });
/** An instant of UTC, with or without parts of a second, as the services write it. */
export const instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?Z$' });
export const iamId = Type.String({ pattern: '^(IBMid-|iam-ServiceId-|iam-Profile-|crn-crn:)' });
export const crn = (service: string, rest: string) =>
  Type.String({ pattern: `^crn:v1:bluemix:public:${service}:[a-z-]*:a/[0-9a-f]{32}:${rest}$` });

const target = maybe(exactly({ type: text, name: text }));

/** The documented forms of a refusal, one for each API. */
export const REFUSALS = {
  /** API keys, service IDs and trusted profiles. */
  identity: exactly({
    context: exactly({ requestId: text }),
    status_code: count,
    errors: Type.Array(exactly({ code: text, message_code: text, message: text, details: maybe(text), target }), {
      minItems: 1,
      maxItems: 1,
    }),
    trace: text,
  }),
  /** Policies, roles, access groups, users and accounts. */
  iam: exactly({
    trace: text,
    status_code: count,
    errors: Type.Array(exactly({ code: text, message: text, details: maybe(Type.Object({})), more_info: maybe(text), target }), {
      minItems: 1,
      maxItems: 1,
    }),
  }),
  'resource-controller': exactly({
    error_code: text,
    message: text,
    status_code: count,
    transaction_id: text,
    hint: maybe(text),
    target,
  }),
} as const satisfies Readonly<Record<string, TSchema>>;
export type RefusalForm = keyof typeof REFUSALS;
