import type { Operation } from '../operation.ts';

/** What is read of a JSON schema here. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly minLength?: number;
}

const KEY_ID = '5f0ab1b8-1e2c-4a55-9c1f-0d6a2f6f9a10';
const INSTANCE_ID = '1be2ae11-7a5c-4b7e-8c0e-2b1c2d3e4f50';

/** Values that people recognise, by the name of the field. */
const VALUES: Readonly<Record<string, unknown>> = {
  name: 'payments',
  alias: 'payments-root',
  plaintext: 'AAECAwQFBgcICQoLDA0ODw==',
  ciphertext: 'eyJjaXBoZXJ0ZXh0Ijoi…',
  payload: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  expirationDate: '2030-01-31T12:00:00Z',
  grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
  id: KEY_ID,
  crk_id: KEY_ID,
  crkID: KEY_ID,
  instance_id: INSTANCE_ID,
  instanceID: INSTANCE_ID,
  target: 'us-south',
  resource_group: '0123456789abcdef0123456789abcdef',
  resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3',
  cluster: 'payments',
  idOrName: 'payments',
  crn: 'crn:v1:bluemix:public:containers-kubernetes:us-south:a%2F0123456789abcdef0123456789abcdef:payments::',
  collectionTotal: 1,
};

/** Fields that an example shows although they may be left out, because a request without them is of little use. */
const SHOWN: ReadonlySet<string> = new Set(['collectionTotal', 'plaintext', 'extractable']);

/** A body that the schema accepts, with what is required and a few fields more. */
export function exampleOf(schema: unknown, name = ''): unknown {
  const shape = schema as Shape;
  if (shape.anyOf) return exampleOf(shape.anyOf.find(({ type }) => type !== 'null') ?? {}, name);
  if (shape.const !== undefined) return shape.const;
  if (shape.enum) return shape.enum[0];
  if (shape.type === 'object') {
    const shown = Object.entries(shape.properties ?? {}).filter(([key]) => shape.required?.includes(key) || SHOWN.has(key));
    return Object.fromEntries(shown.map(([key, inner]) => [key, exampleOf(inner, key)]));
  }
  if (shape.type === 'array') return [exampleOf(shape.items ?? {}, name)];
  if (name in VALUES) return VALUES[name];
  if (shape.type === 'integer' || shape.type === 'number') return shape.minimum ?? 1;
  if (shape.type === 'boolean') return false;
  // Hexadecimal digits fit most patterns, too.
  return shape.minLength !== undefined && shape.minLength > name.length ? name.padEnd(shape.minLength, '0') : name;
}

/** How the operation is called from a shell. `$ROOTWARD_URL`, `$TOKEN` and `$KP_INSTANCE_ID` stand for what the caller has. */
export function curlExample(operation: Operation): string {
  const { http, input, action } = operation;
  const path = http.path.replaceAll(/:(\w+)/g, (_, name: string) => String(VALUES[name] ?? name));
  const query = (input.query?.required ?? []).map((name) => `${name}=${String(exampleOf(input.query?.properties[name], name))}`);
  const url = `"$ROOTWARD_URL${path}${query.length > 0 ? `?${query.join('&')}` : ''}"`;
  const headers = (input.headers?.required as readonly string[] | undefined) ?? [];
  const method = http.method === 'HEAD' ? ['--head'] : http.method === 'GET' ? [] : ['-X', http.method];
  const parts = [['curl', ...method, url].join(' ')];
  if (action !== 'public') parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const name of headers)
    parts.push(`-H "${name === 'bluemix-instance' ? 'Bluemix-Instance: $KP_INSTANCE_ID' : `${name}: …`}"`);
  if (input.body) parts.push(...bodyParts(operation));
  return parts.join(' \\\n  ');
}

function bodyParts({ http, input }: Operation): string[] {
  const body = exampleOf(input.body) as Record<string, unknown>;
  if (http.form) {
    // The one form is a login: its grant says that there is an API key.
    return Object.entries({ ...body, apikey: '$ROOTWARD_API_KEY' }).map(
      ([name, value]) => `--data-urlencode "${name}=${String(value)}"`,
    );
  }
  return ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(body)}'`];
}
