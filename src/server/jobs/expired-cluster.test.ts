import { expect, it } from 'vitest';
import { expiringKey } from '../clusters/testkit/cluster-scene.ts';
import { startTestClusters } from '../clusters/testkit/test-clusters.ts';
import { MINUTE, schedulerOn } from './testkit/jobs-scene.ts';

it('the expire event leaves a cluster that knows of the expiry already as it is, and is acknowledged', async () => {
  await using clusters = await startTestClusters();
  const instance = await clusters.addInstance();
  const { key, expire } = await expiringKey(clusters, instance);
  const cluster = await clusters.addCluster('cl1');
  await cluster.enable(instance, key, { force: true });
  await cluster.work();
  const scheduler = schedulerOn(clusters.server);
  expire();
  await clusters.watch.pass();
  const before = await cluster.get();
  expect(before).toMatchObject({ state: 'critical', keyManagementService: { keyState: 'expired' } });
  await scheduler.pass();
  clusters.server.clock.advance(10 * MINUTE);
  await scheduler.pass();
  await clusters.watch.pass();
  await clusters.hosted.pass();
  expect(await cluster.get()).toEqual(before);
  expect(clusters.planes.wished(cluster.id)?.state).toBe('running');
  const { db } = clusters.server.store;
  const events = await db
    .selectFrom('event_recipients')
    .innerJoin('lifecycle_events', 'lifecycle_events.id', 'event_recipients.event_id')
    .select(['type', 'outcome', 'adopter_key_state'])
    .execute();
  expect(events).toEqual([{ type: 'expire', outcome: 'acknowledged', adopter_key_state: 'DEK_DISABLED' }]);
});

it('a clock that jumps ten years forward leaves a cluster as it is', async () => {
  await using clusters = await startTestClusters();
  const instance = await clusters.addInstance();
  const { key } = await expiringKey(clusters, instance);
  const cluster = await clusters.addCluster('cl1');
  await cluster.enable(instance, key, { force: true });
  await cluster.work();
  clusters.server.clock.set(3653 * 24 * 60 * MINUTE);
  await clusters.watch.pass();
  expect(await cluster.get()).toMatchObject({ state: 'normal', keyManagementService: { keyState: 'usable' } });
});
