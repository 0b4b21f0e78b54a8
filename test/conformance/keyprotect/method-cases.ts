import { randomBytes, randomUUID } from 'node:crypto';
import type { TSchema } from 'typebox';
import { type Api, addRootKey, newKey } from '../../process/api.ts';
import * as shapes from './shapes.ts';

/** What the methods are called on: one instance, with ways to prepare it that do not use the client. */
export interface MethodScene {
  readonly api: Api;
  readonly instance: string;
  /** A new root key in a state of its own; each call prepares what its method needs. */
  rootKey(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Sends what has to be so before the method is called; throws unless it succeeds. */
  prepare(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export interface MethodCase {
  readonly right: {
    readonly arguments: (scene: MethodScene) => Promise<Record<string, unknown>>;
    readonly status: 200 | 201 | 204;
    /** `none`: no body at all. */
    readonly shape: TSchema | 'none';
    /** A header that has to be there, with its form. */
    readonly header?: { readonly name: string; readonly form: RegExp };
  };
  readonly wrong: {
    readonly arguments: (scene: MethodScene) => Promise<Record<string, unknown>>;
    readonly status: number;
    readonly code: string;
  };
}

const NO_KEY = '00000000-0000-4000-8000-000000000000';
const dek = randomBytes(32).toString('base64');
const nobody = async () => ({ id: NO_KEY });
const missingKey = { arguments: nobody, status: 404, code: 'KEY_NOT_FOUND_ERR' } as const;
const someKey = async (scene: MethodScene) => ({ id: await scene.rootKey() });

async function wrappedBy(scene: MethodScene, id: string): Promise<string> {
  const { ciphertext } = await scene.prepare('POST', `/keys/${id}/actions/wrap`, { plaintext: dek });
  return String(ciphertext);
}

const policies = (resource: object) => ({
  metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
  resources: [{ type: 'application/vnd.ibm.kms.policy+json', ...resource }],
});
const instancePolicy = (policy_type: string, policy_data: object) => ({
  metadata: { collectionType: 'application/vnd.ibm.kms.policy+json', collectionTotal: 1 },
  resources: [{ policy_type, policy_data }],
});

/** Every method of the published client: one right call and one that the server has to refuse. */
export const METHOD_CASES: Readonly<Record<string, MethodCase>> = {
  getKeyCollectionMetadata: {
    right: {
      arguments: async () => ({ state: [1, 2], extractable: false }),
      status: 200,
      shape: 'none',
      header: { name: 'key-total', form: /^\d+$/ },
    },
    // A HEAD answer has no body, so the code is not to be seen.
    wrong: { arguments: async () => ({ state: [9] }), status: 400, code: '' },
  },
  createKey: {
    right: {
      arguments: async () => ({
        body: newKey({ description: 'made by the client', aliases: [`a-${randomUUID().slice(0, 8)}`], tags: ['t'] }),
        prefer: 'return=representation',
      }),
      status: 201,
      shape: shapes.keyEnvelope,
    },
    wrong: { arguments: async () => ({ body: newKey({ name: 'x' }) }), status: 400, code: 'INVALID_FIELD_ERR' },
  },
  getKeys: {
    right: { arguments: async () => ({ limit: 10, offset: 0, state: [0, 1, 2, 3, 5] }), status: 200, shape: shapes.keyList },
    wrong: { arguments: async () => ({ limit: 5001 }), status: 400, code: 'INVALID_QUERY_PARAM_ERR' },
  },
  getKey: { right: { arguments: someKey, status: 200, shape: shapes.keyEnvelope }, wrong: missingKey },
  getKeyMetadata: { right: { arguments: someKey, status: 200, shape: shapes.keyEnvelope }, wrong: missingKey },
  deleteKey: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), prefer: 'return=representation' }),
      status: 200,
      shape: shapes.keyEnvelope,
    },
    wrong: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('DELETE', `/keys/${id}`);
        return { id };
      },
      status: 410,
      code: 'KEY_DELETED_ERR',
    },
  },
  restoreKey: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('DELETE', `/keys/${id}`);
        return { id };
      },
      status: 201,
      shape: shapes.keyEnvelope,
    },
    wrong: { arguments: someKey, status: 409, code: 'KEY_ACTION_INVALID_STATE_ERR' },
  },
  getKeyVersions: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('POST', `/keys/${id}/actions/rotate`);
        return { id, limit: 2 };
      },
      status: 200,
      shape: shapes.versionList,
    },
    wrong: missingKey,
  },
  wrapKey: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), keyActionWrapBody: { plaintext: dek, aad: ['a'] } }),
      status: 200,
      shape: shapes.wrapped,
    },
    wrong: {
      arguments: async (scene) => ({ ...(await someKey(scene)), keyActionWrapBody: { plaintext: 'not base64!' } }),
      status: 400,
      code: 'INVALID_FIELD_ERR',
    },
  },
  unwrapKey: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        const ciphertext = await wrappedBy(scene, id);
        await scene.prepare('POST', `/keys/${id}/actions/rotate`);
        return { id, keyActionUnwrapBody: { ciphertext } };
      },
      status: 200,
      shape: shapes.unwrapped,
    },
    wrong: {
      async arguments(scene) {
        const id = await scene.rootKey();
        return { id, keyActionUnwrapBody: { ciphertext: await wrappedBy(scene, id), aad: ['another'] } };
      },
      status: 422,
      code: 'UNPROCESSABLE_CIPHERTEXT_ERR',
    },
  },
  rewrapKey: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        return { id, keyActionRewrapBody: { ciphertext: await wrappedBy(scene, id) } };
      },
      status: 200,
      shape: shapes.rewrapped,
    },
    wrong: {
      arguments: async (scene) => ({ ...(await someKey(scene)), keyActionRewrapBody: { ciphertext: 'not base64!' } }),
      status: 400,
      code: 'INVALID_FIELD_ERR',
    },
  },
  rotateKey: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), keyActionRotateBody: {} }),
      status: 204,
      shape: 'none',
    },
    wrong: {
      arguments: async (scene) => ({ id: await scene.rootKey({ payload: dek }), keyActionRotateBody: {} }),
      status: 400,
      code: 'KEY_PAYLOAD_REQ_ERR',
    },
  },
  disableKey: {
    right: { arguments: someKey, status: 204, shape: 'none' },
    wrong: {
      arguments: async (scene) => ({ id: await scene.rootKey({ extractable: true }) }),
      status: 400,
      code: 'KEY_ROOT_REQ_ERR',
    },
  },
  enableKey: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('POST', `/keys/${id}/actions/disable`);
        return { id };
      },
      status: 204,
      shape: 'none',
    },
    wrong: { arguments: someKey, status: 409, code: 'KEY_ACTION_INVALID_STATE_ERR' },
  },
  setKeyForDeletion: {
    right: { arguments: (scene) => dualAuthKey(scene), status: 204, shape: 'none' },
    wrong: { arguments: someKey, status: 409, code: 'NOT_DUAL_AUTH_ERR' },
  },
  unsetKeyForDeletion: {
    right: {
      async arguments(scene) {
        const key = await dualAuthKey(scene);
        await scene.prepare('POST', `/keys/${key.id}/actions/setKeyForDeletion`);
        return key;
      },
      status: 204,
      shape: 'none',
    },
    wrong: { arguments: someKey, status: 409, code: 'NOT_DUAL_AUTH_ERR' },
  },
  syncAssociatedResources: {
    right: { arguments: someKey, status: 204, shape: 'none' },
    wrong: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('DELETE', `/keys/${id}`);
        return { id };
      },
      status: 409,
      code: 'REQ_TOO_EARLY_ERR',
    },
  },
  putPolicy: {
    right: {
      arguments: async (scene) => ({
        ...(await someKey(scene)),
        policy: 'rotation',
        setKeyPoliciesOneOf: policies({ rotation: { interval_month: 3 } }),
      }),
      status: 200,
      shape: shapes.keyPolicies,
    },
    wrong: {
      arguments: async (scene) => ({
        ...(await someKey(scene)),
        setKeyPoliciesOneOf: policies({ rotation: { interval_month: 13 } }),
      }),
      status: 400,
      code: 'INVALID_FIELD_ERR',
    },
  },
  getPolicy: {
    right: {
      async arguments(scene) {
        const key = await someKey(scene);
        for (const policy of [{ dualAuthDelete: { enabled: false } }, { rotation: { interval_month: 1 } }])
          await scene.prepare('PUT', `/keys/${key.id}/policies`, policies(policy));
        return key;
      },
      status: 200,
      shape: shapes.keyPolicies,
    },
    wrong: {
      arguments: async (scene) => ({ ...(await someKey(scene)), policy: 'nonsense' }),
      status: 400,
      code: 'INVALID_QUERY_PARAM_ERR',
    },
  },
  putInstancePolicy: {
    right: {
      arguments: async () => ({
        policy: 'metrics',
        setInstancePoliciesOneOf: instancePolicy('metrics', { enabled: true }),
      }),
      status: 204,
      shape: 'none',
    },
    wrong: {
      arguments: async () => ({
        policy: 'rotation',
        setInstancePoliciesOneOf: instancePolicy('metrics', { enabled: true }),
      }),
      status: 400,
      code: 'BODY_QUERY_PARAM_MISMATCH_ERR',
    },
  },
  getInstancePolicy: {
    right: {
      async arguments(scene) {
        const attributes = { allowed_network: 'public-and-private' };
        await scene.prepare('PUT', '/instance/policies', instancePolicy('allowedNetwork', { enabled: true, attributes }));
        return {};
      },
      status: 200,
      shape: shapes.instancePolicies,
    },
    wrong: { arguments: async () => ({ policy: 'nonsense' }), status: 400, code: 'INVALID_QUERY_PARAM_ERR' },
  },
  getAllowedIpPort: {
    right: {
      async arguments(scene) {
        const attributes = { allowed_ip: ['127.0.0.0/8', '::1/128'] };
        await scene.prepare('PUT', '/instance/policies', instancePolicy('allowedIP', { enabled: true, attributes }));
        return {};
      },
      status: 200,
      shape: shapes.allowedIpPort,
    },
    // This method has no input but the instance, and an unknown instance is an authorization failure, which has no reasons.
    wrong: { arguments: async () => ({ bluemixInstance: NO_KEY }), status: 401, code: '' },
  },
  postImportToken: {
    right: {
      arguments: async () => ({ expiration: 300, maxAllowedRetrievals: 5 }),
      status: 200,
      shape: shapes.importToken,
    },
    wrong: { arguments: async () => ({ expiration: 299 }), status: 400, code: 'INVALID_FIELD_ERR' },
  },
  getImportToken: {
    right: {
      async arguments(scene) {
        await scene.prepare('POST', '/import_token', { expiration: 300, maxAllowedRetrievals: 1 });
        return {};
      },
      status: 200,
      shape: shapes.importTokenWithKey,
    },
    wrong: {
      async arguments(scene) {
        await scene.prepare('POST', '/import_token', { expiration: 300, maxAllowedRetrievals: 1 });
        await scene.prepare('GET', '/import_token');
        return {};
      },
      status: 409,
      code: 'IMPORT_TOKEN_EXPIRED_ERR',
    },
  },
  getRegistrations: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), limit: 1, preventKeyDeletion: false }),
      status: 200,
      shape: shapes.registrations,
    },
    wrong: {
      arguments: async (scene) => ({ ...(await someKey(scene)), urlEncodedResourceCrnQuery: 'not-a-crn' }),
      status: 400,
      code: 'INVALID_QUERY_PARAM_ERR',
    },
  },
  getRegistrationsAllKeys: {
    right: { arguments: async () => ({ limit: 5, offset: 0 }), status: 200, shape: shapes.registrations },
    wrong: { arguments: async () => ({ limit: 0 }), status: 400, code: 'INVALID_QUERY_PARAM_ERR' },
  },
  createKeyAlias: {
    right: {
      arguments: async (scene) => ({ ...(await someKey(scene)), alias: `alias-${randomUUID().slice(0, 8)}` }),
      status: 201,
      shape: shapes.alias,
    },
    wrong: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('POST', `/keys/${id}/aliases/taken-${id.slice(0, 8)}`);
        return { ...(await someKey(scene)), alias: `taken-${id.slice(0, 8)}` };
      },
      status: 409,
      code: 'KEY_ALIAS_NOT_UNIQUE_ERR',
    },
  },
  deleteKeyAlias: {
    right: {
      async arguments(scene) {
        const id = await scene.rootKey();
        await scene.prepare('POST', `/keys/${id}/aliases/gone-${id.slice(0, 8)}`);
        return { id, alias: `gone-${id.slice(0, 8)}` };
      },
      status: 204,
      shape: 'none',
    },
    wrong: {
      arguments: async (scene) => ({ ...(await someKey(scene)), alias: 'never-given' }),
      status: 404,
      code: 'KEY_ALIAS_NOT_FOUND_ERR',
    },
  },
  listKeyRings: {
    right: { arguments: async () => ({}), status: 200, shape: shapes.keyRings },
    wrong: { arguments: async () => ({ bluemixInstance: NO_KEY }), status: 401, code: '' },
  },
  createKeyRing: {
    right: {
      arguments: async () => ({ keyRingId: `ring-${randomUUID().slice(0, 8)}` }),
      status: 201,
      shape: 'none',
    },
    wrong: { arguments: async () => ({ keyRingId: 'not a ring' }), status: 400, code: 'INVALID_FIELD_ERR' },
  },
  deleteKeyRing: {
    right: {
      async arguments(scene) {
        const keyRingId = `ring-${randomUUID().slice(0, 8)}`;
        await scene.prepare('POST', `/key_rings/${keyRingId}`);
        return { keyRingId };
      },
      status: 204,
      shape: 'none',
    },
    wrong: { arguments: async () => ({ keyRingId: 'no-such-ring' }), status: 404, code: 'KEY_RING_NOT_FOUND_ERR' },
  },
};

async function dualAuthKey(scene: MethodScene): Promise<{ id: string }> {
  const id = await scene.rootKey();
  await scene.prepare('PUT', `/keys/${id}/policies`, policies({ dualAuthDelete: { enabled: true } }));
  return { id };
}

export function openMethodScene(api: Api, instance: string): MethodScene {
  return {
    api,
    instance,
    rootKey: (fields) => addRootKey(api, instance, fields),
    async prepare(method, path, body) {
      const answer = await api.send(method, `/api/v2${path}`, body, { 'bluemix-instance': instance });
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body as unknown as Record<string, unknown>;
    },
  };
}
