import Type from 'typebox';

/** How every list of the identity service is asked for, beside what is in it. */
export const IDENTITY_LIST_QUERY = {
  account_id: Type.Optional(Type.String({ maxLength: 64 })),
  pagesize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** Of an earlier answer; it also says what the list was asked for. */
  pagetoken: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
  order: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  /** Taken, for published clients send it; no history is kept beside the audit log. */
  include_history: Type.Optional(Type.Boolean()),
  /** With what each has of logins. */
  include_activity: Type.Optional(Type.Boolean()),
  /** Such as `name eq "x" and description co "y"`. */
  filter: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
};

/** Where a page is in its list. */
export const IDENTITY_LIST_PLACES = {
  offset: Type.Integer(),
  limit: Type.Integer(),
  first: Type.String(),
  previous: Type.Optional(Type.String()),
  next: Type.Optional(Type.String()),
};
