import type { TSchema } from 'typebox';

type Json = { readonly [name: string]: unknown };

/** The same schema, which also refuses every field that it does not name. For checks of what this server itself answers. */
export function strictSchema(schema: TSchema): TSchema {
  return strict(JSON.parse(JSON.stringify(schema)) as Json) as TSchema;
}

function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) made[name] = strict(inner);
  const isClosed = 'additionalProperties' in made || 'patternProperties' in made || 'allOf' in made;
  return made.type === 'object' && 'properties' in made && !isClosed ? { ...made, additionalProperties: false } : made;
}
