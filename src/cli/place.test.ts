import Type from 'typebox';
import { describe, expect, test } from 'vitest';
import { convert, type Input, placeAt, putAt } from './place.ts';

const input = {
  params: Type.Object({ id: Type.String() }),
  query: Type.Object({ limit: Type.Optional(Type.Integer()), kind: Type.Union([Type.Literal('a'), Type.Literal('b')]) }),
  body: Type.Optional(
    Type.Union([Type.Null(), Type.Object({ tags: Type.Array(Type.String()), deep: Type.Object({ flag: Type.Boolean() }) })]),
  ),
};

describe('a place', () => {
  test('knows its type, and whether it has to be filled', () => {
    expect(placeAt(input, 'params.id')).toMatchObject({ type: 'text', required: true });
    expect(placeAt(input, 'query.limit')).toMatchObject({ type: 'integer', required: false });
    expect(placeAt(input, 'query.kind')).toMatchObject({ choices: ['a', 'b'], required: true });
  });

  test('is found in a body that may also be null, and is then not required', () => {
    expect(placeAt(input, 'body.tags')).toMatchObject({ type: 'list', required: false });
    expect(placeAt(input, 'body.deep.flag')).toMatchObject({ type: 'boolean', required: false });
  });

  test('that is no input is a defect of the binding', () => {
    expect(() => placeAt(input, 'body.nope')).toThrow(/no input/);
    expect(() => placeAt(input, 'headers.x')).toThrow(/no input/);
  });

  test('refuses a value that its schema does not know, naming the flag and the field', () => {
    expect(() => convert(placeAt(input, 'query.kind'), 'c', '--kind')).toThrow('--kind must be one of a, b.');
    expect(() => convert(placeAt(input, 'query.limit'), '1.5', '--limit')).toThrow('--limit must be a whole number.');
  });

  test('takes one word for a list', () => {
    expect(convert(placeAt(input, 'body.tags'), 'x', '--tags')).toEqual(['x']);
  });
});

test('putting makes the objects on the way and keeps what is there', () => {
  const filled: Input = {};
  putAt(filled, ['body', 'deep', 'flag'], true);
  putAt(filled, ['body', 'tags'], ['x']);
  expect(filled).toEqual({ body: { deep: { flag: true }, tags: ['x'] } });
});
