import type { Action } from '../actions.ts';
import { InstanceHeaders } from '../keys/key.ts';
import { defineOperation, type HttpBinding, type Operation } from '../operation.ts';

type Verb = Extract<Action, `kms.kmip-management.${string}`> extends `kms.kmip-management.${infer V}` ? V : never;

const ADAPTERS = '/api/v2/kmip_adapters';
const OBJECTS = `${ADAPTERS}/:adapter/kmip_objects`;
const CERTIFICATES = `${ADAPTERS}/:adapter/certificates`;
const METHODS = { list: 'GET', read: 'GET', create: 'POST', delete: 'DELETE' } as const satisfies Record<
  Verb,
  HttpBinding['method']
>;

const input = { headers: InstanceHeaders } as const;
type KmipOperation = Operation<typeof input>;

const refused = (name: string, verb: Verb, path: string, summary: string): KmipOperation =>
  defineOperation({
    name: `kmip.${name}`,
    api: 'key-protect',
    http: { method: METHODS[verb], path, success: verb === 'create' ? 201 : verb === 'delete' ? 204 : 200 },
    action: `kms.kmip-management.${verb}`,
    mutates: false,
    input,
    output: undefined,
    sensitive: [],
    errors: ['NOT_SUPPORTED'],
    summary: `${summary}: not supported, this server speaks no KMIP`,
  });

/** The management of KMIP adapters. This server has no KMIP listener, so each of them says that it is not supported. */
export const KMIP_OPERATIONS: readonly KmipOperation[] = [
  refused('adapters-list', 'list', ADAPTERS, 'List KMIP adapters'),
  refused('adapters-create', 'create', ADAPTERS, 'Create a KMIP adapter'),
  refused('adapters-get', 'read', `${ADAPTERS}/:id`, 'Show a KMIP adapter'),
  refused('adapters-delete', 'delete', `${ADAPTERS}/:id`, 'Delete a KMIP adapter'),
  refused('objects-list', 'list', OBJECTS, 'List KMIP objects'),
  refused('objects-get', 'read', `${OBJECTS}/:id`, 'Show a KMIP object'),
  refused('objects-delete', 'delete', `${OBJECTS}/:id`, 'Delete a KMIP object'),
  refused('certificates-list', 'list', CERTIFICATES, 'List client certificates of a KMIP adapter'),
  refused('certificates-create', 'create', CERTIFICATES, 'Add a client certificate to a KMIP adapter'),
  refused('certificates-get', 'read', `${CERTIFICATES}/:id`, 'Show a client certificate of a KMIP adapter'),
  refused('certificates-delete', 'delete', `${CERTIFICATES}/:id`, 'Delete a client certificate of a KMIP adapter'),
];
