import Type from 'typebox';

/** The version that a change is about: the entity tag that was read, or `*`. */
export const IfMatchHeaders = Type.Object({ 'if-match': Type.String({ minLength: 1, maxLength: 200 }) });

/** `true` or `false`, as clients send it in a header. */
export const HeaderFlag = Type.Optional(Type.String({ pattern: '^(|[Tt]rue|[Ff]alse)$' }));
