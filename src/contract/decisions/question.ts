import Type, { type Static } from 'typebox';

const Text = Type.String({ minLength: 1, maxLength: 1024 });

/** Who it is about. `scope` is that of the token, and decides nothing here. */
export const AskedSubject = Type.Object({
  attributes: Type.Object({
    /** Its IAM id. */
    id: Text,
    scope: Type.Optional(Type.String({ maxLength: 1024 })),
    accountId: Type.Optional(Type.String({ maxLength: 64 })),
  }),
});
export type AskedSubject = Static<typeof AskedSubject>;

/** What it is about: a CRN, or the attributes that policies are held against. */
export const AskedResource = Type.Object({
  crn: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  attributes: Type.Optional(
    Type.Object({
      serviceName: Text,
      accountId: Text,
      serviceInstance: Type.Optional(Text),
      resourceGroupId: Type.Optional(Text),
      region: Type.Optional(Text),
      keyRing: Type.Optional(Text),
      resourceType: Type.Optional(Text),
      resource: Type.Optional(Text),
    }),
  ),
});
export type AskedResource = Static<typeof AskedResource>;

const common = {
  subject: AskedSubject,
  resource: AskedResource,
  /** Decides nothing here. */
  environment: Type.Optional(Type.Object({})),
  /** Comes back with the answer. */
  requestId: Type.Optional(Type.String({ maxLength: 256 })),
};

const MAX_QUESTIONS = 1000;

export const Questions = Type.Array(Type.Object({ ...common, action: Type.String({ minLength: 1, maxLength: 256 }) }), {
  minItems: 1,
  maxItems: MAX_QUESTIONS,
});

export const RoleQuestions = Type.Array(Type.Object(common), { minItems: 1, maxItems: MAX_QUESTIONS });

/** What every answer has. `403`: the caller may not ask that. */
export const answered = {
  status: Type.Union([Type.Literal('200'), Type.Literal('403')]),
  requestId: Type.Optional(Type.String()),
  subjectId: Type.String(),
};
