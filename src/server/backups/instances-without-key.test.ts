import { expect, it } from 'vitest';
import { createInstance } from '../../contract/instances/create.ts';
import { deleteInstance } from '../../contract/instances/delete.ts';
import { OFFERINGS } from '../../contract/instances/offerings.ts';
import { reclaimInstance } from '../../contract/reclamations/act.ts';
import { listReclamations } from '../../contract/reclamations/list.ts';
import { openArchive } from './archive/archive-reader.ts';
import { examineArchive } from './archive/examine-archive.ts';
import { restoreInto } from './restore.ts';
import { backUp, busyScene, emptyStore, place } from './testkit/scenes.ts';

it('a backup holds instances that have no key, behind an HSM or removed for good, and finds nothing wrong with them', async () => {
  using at = place();
  await using scene = await busyScene('sqlite');
  const { server } = scene;
  const create = async (service: string) => {
    const resource_plan_id = OFFERINGS.find((offering) => offering.service === service)?.plans[0]?.id ?? '';
    const body = { name: service, target: 'us-south', resource_group: server.account.resourceGroupId, resource_plan_id };
    return (await server.call(createInstance, server.ownerToken, { body })).output.guid;
  };
  const hsm = await create('hs-crypto');
  const removed = await create('kms');
  await server.call(deleteInstance, server.ownerToken, { params: { id: removed } });
  const { output } = await server.call(listReclamations, server.ownerToken, { query: {} });
  await server.call(reclaimInstance, server.ownerToken, { params: { id: output.resources[0]?.id ?? '' } });

  const made = await backUp(server, at.file('a'));
  expect(made.damaged).toEqual([]);
  await using reader = await openArchive(at.file('a'));
  expect((await examineArchive(reader, server.barrier)).damagedBefore).toEqual([]);
  await using target = await emptyStore('sqlite');
  await using again = await openArchive(at.file('a'));
  await restoreInto(target, again, server.barrier, { location: at.file('a'), envelopes: [], epoch: 1 });
  const rows = await target.db.selectFrom('instances').select(['guid', 'state', 'sealed_key']).execute();
  expect(rows.filter(({ sealed_key }) => sealed_key.length === 0).map(({ guid, state }) => [guid, state])).toEqual(
    expect.arrayContaining([
      [hsm, 'active'],
      [removed, 'removed'],
    ]),
  );
});
