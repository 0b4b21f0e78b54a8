/** Raw HTTP to a running server: what the published clients do underneath, without them. */

import { checkAnswer } from './check-answer.ts';

/** The fields of answers that tests look into; which of them are there depends on the answer. */
export interface AnswerBody {
  readonly access_token: string;
  readonly guid: string;
  readonly plaintext?: string;
  readonly ciphertext: string;
  readonly keyVersion: { readonly id: string };
  readonly rewrappedKeyVersion?: { readonly id: string };
  readonly metadata: { readonly collectionTotal: number; readonly totalCount?: number };
  readonly resources: readonly AnswerResource[];
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly id: string;
  readonly iam_id: string;
  readonly apikey: { readonly apikey: string };
  readonly kubeconfig: string;
  /** The Kubernetes service's own form of an error. */
  readonly code: string;
  readonly description: string;
  readonly recoveryCLI: string;
}

export interface AnswerResource {
  readonly id: string;
  readonly name: string;
  readonly state: number;
  readonly tags?: readonly string[];
  readonly keyVersion?: { readonly id: string };
  readonly payload?: string;
  readonly lastUpdateDate?: string;
  readonly errorMsg: string;
  readonly reasons?: readonly { readonly code: string; readonly status: number; readonly target?: { readonly name: string } }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body if it is JSON; an empty object if there is none. */
  readonly body: AnswerBody;
}

export interface Api {
  readonly url: string;
  readonly token: string;
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export const KEY_TYPE = 'application/vnd.ibm.kms.key+json';
const TIERED_PRICING = 'eedd3585-90c6-4c8f-be3d-062069e99fc3';

/** Reads an answer. Throws if it deviates from the reference of the operation that was called by `method`. */
export async function readAnswer(response: Response, method: string): Promise<Answer> {
  const text = await response.text();
  checkAnswer(method, response.url, response.status, text);
  return { status: response.status, headers: response.headers, body: JSON.parse(text === '' ? '{}' : text) as AnswerBody };
}

/** Exchanges an API key for an access token and gives a sender that carries it. */
export async function logIn(url: string, apikey: string): Promise<Api> {
  const grant = new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey });
  const granted = await readAnswer(await fetch(`${url}/identity/token`, { method: 'POST', body: grant }), 'POST');
  if (granted.status !== 200) throw new Error(`login failed: ${granted.status} ${JSON.stringify(granted.body)}`);
  const token = granted.body.access_token;
  return {
    url,
    token,
    async send(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return readAnswer(response, method);
    },
  };
}

/** Makes a Key Protect instance; its GUID. */
export async function addInstance(api: Api, resourceGroupId: string, name = 'test'): Promise<string> {
  const plan = { name, target: 'us-south', resource_group: resourceGroupId, resource_plan_id: TIERED_PRICING };
  const made = await api.send('POST', '/v2/resource_instances', plan);
  if (made.status !== 201) throw new Error(`no instance: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.guid;
}

/** The body of a create request for one key. */
export function newKey(fields: Readonly<Record<string, unknown>>) {
  const resource = { type: KEY_TYPE, name: 'test-key', extractable: false, ...fields };
  return { metadata: { collectionType: KEY_TYPE, collectionTotal: 1 }, resources: [resource] };
}

/** Makes a root key; its id. */
export async function addRootKey(api: Api, instance: string, fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await api.send('POST', '/api/v2/keys', newKey(fields), { 'bluemix-instance': instance });
  if (made.status !== 201) throw new Error(`no key: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body.resources[0]?.id ?? '';
}
