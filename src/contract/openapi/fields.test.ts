import Type from 'typebox';
import { expect, it } from 'vitest';
import { fieldsOf, typeText } from './fields.ts';

it('the fields of a body, outer before inner, also behind lists and a choice with null', () => {
  const Body = Type.Union([
    Type.Null(),
    Type.Object({
      name: Type.String({ minLength: 2, maxLength: 90, description: 'what people call it' }),
      keys: Type.Optional(Type.Array(Type.Object({ state: Type.Integer() }))),
    }),
  ]);
  expect(fieldsOf(Body)).toEqual([
    { depth: 0, name: 'name', type: 'text, 2–90 characters', required: true, description: 'what people call it' },
    { depth: 0, name: 'keys', type: 'list of object', required: false, description: undefined },
    { depth: 1, name: 'state', type: 'number', required: true, description: undefined },
  ]);
});

it.each([
  [Type.String(), 'text'],
  [Type.String({ maxLength: 5 }), 'text, up to 5 characters'],
  [Type.Integer({ minimum: 1, maximum: 12 }), 'number, 1–12'],
  [Type.Integer({ minimum: 1 }), 'number, at least 1'],
  [Type.Boolean(), 'yes/no'],
  [Type.Union([Type.Literal('a'), Type.Literal('b')]), '"a" or "b"'],
  [Type.Enum(['a', 'b']), '"a" or "b"'],
  [Type.Array(Type.Union([Type.String(), Type.Null()])), 'list of text or null'],
  [Type.Unknown(), 'anything'],
])('what may be in a field, in words: %j', (schema, text) => {
  expect(typeText(schema)).toBe(text);
});
