import Type from 'typebox';

/** The version that a change is about: the entity tag that was read, or `*`. */
export const IfMatchHeaders = Type.Object({ 'if-match': Type.String({ minLength: 1, maxLength: 200 }) });

/** Names compare exactly. None begins or ends with a blank, so that no two look alike for that. */
export const DistinctName = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\s\\u0000-\\u001f\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f])?$',
});

/** `true` or `false`, as clients send it in a header. */
export const HeaderFlag = Type.Optional(Type.String({ pattern: '^(|[Tt]rue|[Ff]alse)$' }));
