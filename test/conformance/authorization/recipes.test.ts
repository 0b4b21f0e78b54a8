import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_ROLE, ROLES } from '../../../src/contract/actions.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import type { PersonPrincipal } from '../../../src/server/principal.ts';
import { isDecidedFor } from './decided.ts';
import { inputOf } from './matrix-scene.ts';
import { somebody } from './personas.ts';
import { platformCalls } from './platform-calls.ts';
import { PLATFORM_ROWS } from './platform-rows.ts';
import { openPlatformScene, type PlatformScene } from './platform-scene.ts';
import { RECIPES, type Recipe } from './recipes.ts';
import { ROWS } from './rows.ts';

const addressOf = ({ http }: Operation): string => `${http.method} ${http.path}`;

describe.each(['kms', 'hs-crypto'] as const)('role recipes, with instances of %s', (kms) => {
  let scene: PlatformScene;
  beforeAll(async () => {
    scene = await openPlatformScene(kms);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  describe.each(Object.entries(RECIPES))('%s', (name, recipe) => {
    let member: PersonPrincipal;
    beforeAll(async () => {
      member = await addMember(scene, name, recipe);
    });

    it('opens these operations beside the key service, and no others', async () => {
      const calls = platformCalls(scene);
      for (const operation of OPERATIONS) {
        const row = PLATFORM_ROWS[operation.name];
        if (row?.kind !== 'roles' && row?.kind !== 'list') continue;
        const byRole = recipe.opens.some(({ service, role }) => service === row.service && row.roles.includes(role));
        const byOther = row.or !== undefined && recipe.readsOnly === true;
        const { shows, ...input } = calls[operation.name] ?? {};
        const allowed =
          row.kind === 'list'
            ? (shows?.((await scene.server.pipeline.invoke(operation, member, input as never)) as never) ?? false)
            : await isDecidedFor(scene.server, operation, member, input);
        expect([operation.name, allowed]).toEqual([operation.name, byRole || byOther]);
        if (allowed && recipe.readsOnly) expect([operation.name, operation.mutates]).toEqual([operation.name, false]);
      }
    });

    it('opens these operations of the key service, and no others', async () => {
      for (const operation of OPERATIONS) {
        const row = ROWS[addressOf(operation)];
        if (!row) continue;
        const expected = recipe.keyRoles.some((role) => (row.roles as readonly string[]).includes(role));
        const allowed = await isDecidedFor(scene.server, operation, member, inputOf(scene, operation));
        expect([addressOf(operation), allowed]).toEqual([addressOf(operation), expected]);
      }
    });
  });
});

/** Somebody whose access group has the policies of the recipe. */
async function addMember({ server, accountId }: PlatformScene, name: string, { policies }: Recipe): Promise<PersonPrincipal> {
  const member = somebody(accountId, name);
  const group = `AccessGroupId-${randomUUID()}`;
  await server.store.change(['iam'], async (tx) => {
    for (const { roles, resource } of policies) {
      const document = {
        subject: [{ name: 'access_group_id', value: group }],
        roles: roles.map(crnOf),
        resource: [{ name: 'accountId', value: accountId }, ...resource],
      };
      await tx
        .insertInto('policies')
        .values({
          id: randomUUID(),
          account_id: accountId,
          type: 'access',
          subject_key: group,
          document: JSON.stringify(document),
          description: null,
          state: 'active',
          etag: '1',
          created_at: 0,
          created_by: '',
          modified_at: 0,
          modified_by: '',
          parent_id: null,
        })
        .execute();
    }
    const row = { group_id: group, iam_id: member.iamId, account_id: accountId, created_at: 0, created_by: '' };
    await tx.insertInto('access_group_members').values(row).execute();
  });
  return member;
}

function crnOf(role: string): string {
  return ROLES.kms?.find(({ displayName }) => displayName === role)?.crn ?? PLATFORM_ROLE + role;
}
