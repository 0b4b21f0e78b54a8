import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { InstanceParams } from './instance.ts';

/**
 * Credentials, bindings and aliases of instances, as other services have them. A KMS instance has none: who uses it has an identity of
 * its own. The lists are there, empty, because clients look through them before they delete.
 */
const KINDS = {
  keys: { path: 'resource_keys', what: 'credentials', action: 'resource-controller.credential.create' },
  bindings: { path: 'resource_bindings', what: 'bindings', action: 'resource-controller.binding.create' },
  aliases: { path: 'resource_aliases', what: 'aliases', action: 'resource-controller.instance.update' },
} as const;
export type AttachedKind = keyof typeof KINDS;
export const ATTACHED_KINDS = ['keys', 'bindings', 'aliases'] as const satisfies readonly AttachedKind[];

const Page = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  start: Type.Optional(Type.String({ maxLength: 256 })),
});
const Nothing = Type.Object({
  rows_count: Type.Literal(0),
  next_url: Type.Null(),
  resources: Type.Array(Type.Never(), { maxItems: 0 }),
});
const reading = {
  api: 'resource-controller',
  action: 'resource-controller.instance.retrieve',
  mutates: false,
  output: Nothing,
  sensitive: [],
} as const;

export const listAttached = (kind: AttachedKind) =>
  defineOperation({
    ...reading,
    name: `instances.list-${kind}`,
    http: { method: 'GET', path: `/v2/${KINDS[kind].path}`, success: 200 },
    auditAs: `kms.instance-${kind}.list`,
    input: { query: Page },
    errors: [],
    summary: `List the ${KINDS[kind].what} of instances (there are none)`,
  });

export const listAttachedOf = (kind: AttachedKind) =>
  defineOperation({
    ...reading,
    name: `instances.list-${kind}-of`,
    http: { method: 'GET', path: `/v2/resource_instances/:id/${KINDS[kind].path}`, success: 200 },
    auditAs: `kms.instance-${kind}.list`,
    input: { params: InstanceParams, query: Page },
    errors: ['RESOURCE_NOT_FOUND'],
    summary: `List the ${KINDS[kind].what} of an instance (there are none)`,
  });

export const attach = (kind: AttachedKind) =>
  defineOperation({
    name: `instances.create-${kind}`,
    api: 'resource-controller',
    http: { method: 'POST', path: `/v2/${KINDS[kind].path}`, success: 201 },
    action: KINDS[kind].action,
    auditAs: `kms.instance-${kind}.create`,
    mutates: false,
    input: { body: Type.Object({ source: Type.String({ minLength: 1, maxLength: 512 }) }) },
    output: undefined,
    sensitive: [],
    errors: ['RESOURCE_NOT_FOUND', 'NOT_SUPPORTED'],
    summary: `Create ${KINDS[kind].what} of an instance (not supported: use service IDs)`,
  });

/** One operation of each way for every kind. */
export const ATTACHED = ATTACHED_KINDS.map((kind) => ({
  kind,
  list: listAttached(kind),
  listOf: listAttachedOf(kind),
  create: attach(kind),
}));
