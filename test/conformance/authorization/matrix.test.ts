import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import type { ClusterPrincipal } from '../../../src/server/principal.ts';
import { PLACES, reaches } from './key-places.ts';
import { callsOf, type MatrixScene, openMatrixScene } from './matrix-scene.ts';
import { type ClusterRole, type KeyServiceRole, ROWS, type Row } from './rows.ts';

// Every operation of the key service × who asks × where the grant lies, through the whole pipeline. The key in question is
// destroyed, expired and freshly deleted, so that whatever is allowed is stopped by its state and changes nothing.

const ROLES: readonly KeyServiceRole[] = ['Reader', 'ReaderPlus', 'Writer', 'Manager', 'KeyPurge', 'KmipAdapterManager'];
const PLATFORM_ROLES = ['Viewer', 'Operator', 'Editor', 'Administrator'] as const;
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ACTION_DENIED',
  'INSTANCE_UNKNOWN',
  'UNAUTHENTICATED',
  'NETWORK_DENIED',
]);

const addressOf = ({ http }: Operation): string => `${http.method} ${http.path}`;
const operations = OPERATIONS.filter(({ api }) => api === 'key-protect');
const rowOf = (operation: Operation): Row => {
  const found = ROWS[addressOf(operation)];
  if (!found) throw new Error(`nobody has written down who may ${addressOf(operation)}`);
  return found;
};

let cells = 0;

/** Whether a call got past the decision: what comes after it is another matter. */
async function isAllowed(call: Promise<unknown>): Promise<boolean> {
  cells += 1;
  const refusal = await call.then(
    () => undefined,
    (error: { code?: ErrorCode; target?: { name: string } }) => error,
  );
  // The older address of actions, where it names none, has nothing else to say to those who may ask.
  if (refusal?.target?.name === 'action') return true;
  const code = refusal && (refusal.code ?? 'INTERNAL');
  // A call that is wrong in itself would prove nothing about who may make it.
  if (code === 'INTERNAL' || code === 'BAD_BODY' || code === 'INVALID_QUERY')
    throw new Error(`the call itself is wrong: ${code}`);
  return code === undefined || !REFUSALS.has(code);
}

it('who may do what is written down for each operation of the key service, and for nothing else', () => {
  expect(Object.keys(ROWS).sort()).toEqual(operations.map(addressOf).sort());
});

describe.each(['kms', 'hs-crypto'] as const)('who may do what in %s', (service) => {
  let scene: MatrixScene;
  beforeAll(async () => {
    scene = await openMatrixScene(service, [...ROLES, ...PLATFORM_ROLES]);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  describe.each(operations.map((operation) => [addressOf(operation), operation] as const))('%s', (_address, operation) => {
    it('people, by role and by where the role is given', async () => {
      const row = rowOf(operation);
      for (const role of ROLES) {
        for (const place of PLACES) {
          const expected = row.roles.includes(role) && reaches(place, row);
          const allowed = await isAllowed(callsOf(scene, operation).as(scene.as(role, place)));
          expect([role, place, allowed]).toEqual([role, place, expected]);
        }
      }
    });

    it('platform roles, strangers and other accounts never; the owner always', async () => {
      const calls = callsOf(scene, operation);
      for (const role of PLATFORM_ROLES) {
        for (const place of PLACES) {
          expect([role, place, await isAllowed(calls.as(scene.as(role, place)))]).toEqual([role, place, false]);
        }
      }
      expect(['stranger', await isAllowed(calls.as(scene.stranger))]).toEqual(['stranger', false]);
      expect(['nobody', await isAllowed(calls.byNobody())]).toEqual(['nobody', false]);
      expect(['other account', await isAllowed(calls.as(scene.ownerElsewhere))]).toEqual(['other account', false]);
      expect(['owner', await isAllowed(calls.as(scene.owner))]).toEqual(['owner', true]);
    });

    it('clusters, with and without a service authorization', async () => {
      const row = rowOf(operation);
      const processes: readonly [ClusterRole, ClusterPrincipal, ClusterPrincipal][] = [
        ['plugin', scene.authorized.plugin, scene.unauthorized.plugin],
        ['agent', scene.authorized.agent, scene.unauthorized.agent],
        ['service', scene.authorized.service, scene.unauthorized.service],
      ];
      // What a cluster put on record about itself it may always take back.
      const takesBack = operation.action === 'kms.registrations.delete';
      for (const [role, authorized, unauthorized] of processes) {
        const calls = callsOf(scene, operation);
        expect([role, await isAllowed(calls.as(authorized))]).toEqual([role, row.clusters.includes(role)]);
        expect([role, await isAllowed(calls.as(unauthorized))]).toEqual([role, takesBack && role === 'service']);
      }
    });
  });
});

it('about 20,000 cells were asked', () => {
  process.stderr.write(`authorization matrix of the key service: ${cells} cells\n`);
  expect(cells).toBeGreaterThan(20_000);
});
