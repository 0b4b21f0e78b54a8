import type { Api } from '../operation.ts';
import type { Json } from './named-schemas.ts';

/** Refusals that come before the operation itself, so that nearly every operation of an API has the same ones. */
const COMMON: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  413: 'TooLarge',
  415: 'MediaType',
  429: 'TooMany',
  500: 'Failed',
  503: 'Unavailable',
};

/** Responses that are written once in a document. */
export interface SharedResponses {
  /** A reference to the response where it is a common one, else the response itself. */
  use(api: Api, status: number, response: Json): Json;
  readonly defined: Readonly<Record<string, Json>>;
}

export function collectResponses(): SharedResponses {
  const names = new Map<string, string>();
  const defined: Record<string, Json> = {};
  return {
    use(api, status, response) {
      const common = COMMON[status];
      if (common === undefined) return response;
      const text = JSON.stringify(response);
      const name = names.get(text) ?? `${api.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}${common}`;
      if (!names.has(text) && defined[name]) return response;
      names.set(text, name);
      defined[name] = response;
      return { $ref: `#/components/responses/${name}` };
    },
    defined,
  };
}
