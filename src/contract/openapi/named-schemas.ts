import type { TSchema } from 'typebox';
import { ApiKey } from '../api-keys/api-key.ts';
import { Cluster, KeyManagementService, RunView } from '../clusters/cluster.ts';
import { Proof } from '../clusters/proof.ts';
import { ResourceGroup } from '../groups/group.ts';
import { ResourceInstance } from '../instances/instance.ts';
import { NewKey } from '../keys/creation/create.ts';
import { envelope, Key, requestEnvelope } from '../keys/key.ts';
import type { Operation } from '../operation.ts';
import { Policy, PolicyAttribute, PolicyRequest } from '../policies/policy.ts';
import { Registration, RegistrationInput } from '../registrations/registration.ts';
import { ServiceId } from '../service-ids/service-id.ts';
import { TokenReply, TokenRequest } from '../tokens/grant.ts';
import { ContainersError, IamError, KeyProtectError, ResourceError, TokenError } from './error-bodies.ts';

export type Json = { readonly [name: string]: unknown };

/** Schemas that several operations share, by the names that people know. The others are named for their operation. */
const SHARED: Readonly<Record<string, TSchema>> = {
  Key,
  KeyCollection: envelope(Key),
  NewKey,
  NewKeyRequest: requestEnvelope(NewKey),
  Registration,
  RegistrationCollection: envelope(Registration),
  RegistrationInput,
  ResourceInstance,
  ResourceGroup,
  Policy,
  PolicyAttribute,
  PolicyRequest,
  ApiKey,
  ServiceId,
  TokenRequest,
  TokenReply,
  Cluster,
  ClusterRun: RunView,
  KeyManagementService,
  Proof,
  KeyProtectError,
  TokenError,
  IamError,
  ContainersError,
  ResourceError,
};

/** The schemas of a document, each under one name and written once: where it occurs again there is a reference. */
export interface NamedSchemas {
  /** A reference to the schema, which is put under `name` unless the same one has a name already. */
  use(schema: TSchema, name: string): Json;
  /** The schema itself, with references to the named ones inside. */
  inline(schema: TSchema): Json;
  /** Every schema that was used, by name. */
  readonly defined: Readonly<Record<string, Json>>;
}

export function collectSchemas(): NamedSchemas {
  const names = new Map(Object.entries(SHARED).map(([name, schema]) => [JSON.stringify(schema), name]));
  const defined: Record<string, Json> = {};

  function use(schema: Json, name: string): Json {
    const text = JSON.stringify(schema);
    const known = names.get(text) ?? name;
    names.set(text, known);
    if (!defined[known]) {
      // Named before its parts are walked, so that the order of names is that of their first use.
      defined[known] = {};
      defined[known] = parts(schema);
    }
    return { $ref: `#/components/schemas/${known}` };
  }

  function walk(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(JSON.stringify(value));
    return name === undefined ? parts(value as Json) : use(value as Json, name);
  }

  const parts = (schema: Json): Json => Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, walk(value)]));

  return {
    use: (schema, name) => use(plain(schema), name),
    inline: (schema) => walk(plain(schema)) as Json,
    defined,
  };
}

/** `key-rings.create` → `KeyRingsCreate`. */
export function pascalOf({ name }: Operation): string {
  return name.replaceAll(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The schema as it is written down: without what TypeBox keeps beside it. */
const plain = (schema: TSchema): Json => JSON.parse(JSON.stringify(schema)) as Json;
