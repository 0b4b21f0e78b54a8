import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RootwardError } from '../../../contract/errors.ts';
import { KMIP_OPERATIONS } from '../../../contract/kmip/operations.ts';
import { keyProtectErrorBody } from '../../error-bodies/key-protect.ts';
import { addPerson, grant, SERVICE, type TestPerson } from '../../testkit/people.ts';
import { type KeyScene, openKeyScene } from '../testkit/key-scene.ts';

const KMIP_ADAPTER_MANAGER = 'crn:v1:bluemix:public:kms::::serviceRole:KmipAdapterManager';

let scene: KeyScene;
let manager: TestPerson;
let writer: TestPerson;
beforeAll(async () => {
  scene = await openKeyScene();
  manager = await addPerson(scene.server, 'kmip');
  writer = await addPerson(scene.server, 'writer');
  await grant(scene.server, { iamId: manager.iamId, roles: [KMIP_ADAPTER_MANAGER], service: 'kms' });
  await grant(scene.server, { iamId: writer.iamId, roles: [`${SERVICE}Writer`], service: 'kms' });
});
afterAll(() => scene[Symbol.asyncDispose]());

describe.each(KMIP_OPERATIONS.map((operation) => [`${operation.http.method} ${operation.http.path}`, operation] as const))(
  '%s',
  (_address, operation) => {
    const call = (token: string | undefined) =>
      scene.server.call(operation, token, { headers: scene.headers, params: { id: 'x', adapter: 'y' } } as never);

    it('says that it is not supported, with 501 and the code where clients look for it', async () => {
      const error: unknown = await call(manager.token).catch((reason: unknown) => reason);
      if (!(error instanceof RootwardError)) throw new Error('it was not refused');
      expect(keyProtectErrorBody(error)).toMatchObject({
        metadata: { collectionType: 'application/vnd.ibm.kms.error+json' },
        resources: [
          {
            errorMsg: expect.stringMatching(/^Not Implemented: .*\(NOT_SUPPORTED\)$/),
            reasons: [{ code: 'NOT_SUPPORTED', status: 501 }],
          },
        ],
      });
    });

    it('says it to those only who may manage KMIP, and has it on record', async () => {
      await expect(call(writer.token)).rejects.toMatchObject({ code: 'ACTION_DENIED' });
      await expect(call(undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      const actions = (await scene.server.auditRecords()).map(({ action }) => action);
      expect(actions.at(-1)).toBe(operation.action);
    });
  },
);

it('are the eleven addresses of the published API', () => {
  expect(new Set(KMIP_OPERATIONS.map(({ http }) => `${http.method} ${http.path}`)).size).toBe(11);
});
