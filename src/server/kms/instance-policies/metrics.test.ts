import { expect, it } from 'vitest';
import { listKeys } from '../../../contract/key-list/list.ts';
import { createMetrics } from '../../operate/metrics.ts';
import { openKeyScene } from '../testkit/key-scene.ts';
import { setInstancePolicy } from '../testkit/set-policies.ts';

it('requests are counted by action and status for an instance whose metrics policy is on, and for no other', async () => {
  const metrics = createMetrics();
  await using scene = await openKeyScene({ metrics });
  const shown = async (): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^ibm_kms_api_(request|latency)_gauge\{/.test(line));
  const { id } = await scene.addKey();
  await scene.wrap(id);
  expect(await shown()).toEqual([]);

  await setInstancePolicy(scene, 'metrics', true);
  await scene.wrap(id);
  await scene.wrap(id);
  await scene.call(listKeys, '');
  await scene.metadata('3c1f6a0e-0000-4000-8000-000000000000').catch(() => undefined);
  const labels = (action: string, status: number) =>
    `{ibm_resource="${scene.headers['bluemix-instance']}",ibm_kms_api="${action}",ibm_kms_response_code="${status}"}`;
  const lines = await shown();
  expect(lines).toContain(`ibm_kms_api_request_gauge${labels('kms.secrets.wrap', 200)} 2`);
  expect(lines).toContain(`ibm_kms_api_request_gauge${labels('kms.secrets.list', 200)} 1`);
  expect(lines).toContain(`ibm_kms_api_request_gauge${labels('kms.secrets-metadata.read', 404)} 1`);
  expect(lines).toContain(`ibm_kms_api_latency_gauge${labels('kms.secrets.wrap', 200)} 0`);

  await setInstancePolicy(scene, 'metrics', false);
  const before = await shown();
  await scene.wrap(id);
  expect(await shown()).toEqual(before);
});
