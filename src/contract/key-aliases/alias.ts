import Type, { type Static } from 'typebox';

export const ALIAS_TYPE = 'application/vnd.ibm.kms.alias+json';
export const MAX_ALIASES_OF_KEY = 5;

const ALIAS = /^[A-Za-z0-9_-]{2,90}$/;
const KEY_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** Words that stand in addresses where an alias could. */
const RESERVED: ReadonlySet<string> = new Set([
  'allowed_ip',
  'key',
  'keys',
  'metadata',
  'policy',
  'policies',
  'registration',
  'registrations',
  'ring',
  'rings',
  'rotate',
  'wrap',
  'unwrap',
  'rewrap',
  'version',
  'versions',
]);

/** Another name of a key, unique in its instance. */
export const KeyAlias = Type.Object({
  keyId: Type.String(),
  alias: Type.String(),
  createdBy: Type.String(),
  creationDate: Type.String(),
});
export type KeyAlias = Static<typeof KeyAlias>;

export const AliasParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128 }),
  alias: Type.String({ minLength: 1, maxLength: 128 }),
});

/** A name of this form is the id of a key, whatever aliases there are. */
export function isKeyUuid(name: string): boolean {
  return KEY_UUID.test(name);
}

/** Why `alias` cannot be one, to be read after its name; undefined if it can. */
export function aliasFault(alias: string): string | undefined {
  if (!ALIAS.test(alias)) return 'must have 2 to 90 letters, digits, hyphens and underscores';
  if (isKeyUuid(alias)) return 'must not look like the id of a key';
  return RESERVED.has(alias) ? 'is a reserved word' : undefined;
}
