/** Secrets with 32 random bytes each, in every form in which such bytes could be on a disk. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeCaller } from './kube-caller.ts';
import type { NamedBytes } from './raw-etcd.ts';

const SECRETS = '/api/v1/namespaces/default/secrets';

export interface PlantedSecret {
  readonly name: string;
  readonly bytes: Buffer;
  /** As the apiserver takes and gives it. */
  readonly data: Readonly<Record<string, string>>;
}

/** Creates `count` Secrets through the apiserver. */
export async function plantSecrets(kube: KubeCaller, prefix: string, count: number): Promise<PlantedSecret[]> {
  const planted: PlantedSecret[] = [];
  for (let index = 0; index < count; index += 1) {
    const secret = newSecret(`${prefix}-${index}`);
    const { name, data } = secret;
    const made = await kube.send('POST', SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data });
    if (made.status !== 201) throw new Error(`Secret ${name} was not created: ${made.status} ${JSON.stringify(made.body)}`);
    planted.push(secret);
  }
  return planted;
}

/** The data of each Secret, read through the apiserver; the whole answer where there is no data. */
export async function readSecrets(kube: KubeCaller, planted: readonly PlantedSecret[]): Promise<unknown[]> {
  return await Promise.all(
    planted.map(async ({ name }) => {
      const { status, body } = await kube.send('GET', `${SECRETS}/${name}`);
      return status === 200 ? body.data : { status, body };
    }),
  );
}

/** What a fresh client does not get back as it was written; empty when all is well. */
export async function unreadable(kube: KubeCaller, planted: readonly PlantedSecret[]): Promise<unknown[]> {
  const read = await readSecrets(kube, planted);
  return planted.flatMap(({ name, data }, index) => (isDeepStrictEqual(read[index], data) ? [] : [{ name, read: read[index] }]));
}

export const etcdKeyOf = ({ name }: PlantedSecret): string => `/registry/secrets/default/${name}`;

/** The bytes raw, as hex, and as the part of base64 that is the same whatever stands around them, for all three alignments. */
export function needlesOf(planted: readonly PlantedSecret[]): NamedBytes[] {
  return planted.flatMap(({ name, bytes }) => [
    { name: `${name} raw`, bytes },
    { name: `${name} hex`, bytes: Buffer.from(bytes.toString('hex')) },
    ...[0, 1, 2].map((shift) => ({ name: `${name} base64+${shift}`, bytes: Buffer.from(innerBase64(bytes, shift)) })),
  ]);
}

function newSecret(name: string): PlantedSecret {
  const bytes = randomBytes(32);
  const value = (text: Buffer | string) => Buffer.from(text).toString('base64');
  const shifted = [0, 1, 2].map((shift) => [
    `base64-${shift}`,
    value(Buffer.concat([Buffer.alloc(shift, 'x'), bytes]).toString('base64')),
  ]);
  const data = { raw: value(bytes), hex: value(bytes.toString('hex')), ...Object.fromEntries(shifted) };
  return { name, bytes, data };
}

/** Base64 of the bytes behind `shift` others, without the characters that depend on what is before and after. */
function innerBase64(bytes: Buffer, shift: number): string {
  const from = (3 - shift) % 3;
  const whole = bytes.length - ((bytes.length - from) % 3);
  return bytes.subarray(from, whole).toString('base64');
}
