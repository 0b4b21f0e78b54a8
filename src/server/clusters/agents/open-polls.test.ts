import { describe, expect, it } from 'vitest';
import { readPluginState } from '../../../contract/agents/plugin-state.ts';
import { pollStep } from '../../../contract/agents/poll.ts';
import { createChanges } from '../changes.ts';
import { sealedCluster } from '../testkit/cluster-scene.ts';
import { startTestClusters } from '../testkit/test-clusters.ts';
import { MOST_OPEN_POLLS } from './open-polls.ts';

const soon = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('waiting polls', () => {
  it('of one plugin are so many at most: the oldest end with what they know already', async () => {
    await using clusters = await startTestClusters();
    const { cluster } = await sealedCluster(clusters);
    const ask = async (more: object) =>
      (await clusters.server.call(readPluginState, cluster.pluginToken, { body: { node: 'master-0', ...more } })).output;
    const { revision: knownRevision } = await ask({});
    const answered: string[] = [];
    const polls = Array.from({ length: 40 }, async () => answered.push((await ask({ knownRevision, waitSeconds: 30 })).revision));
    await soon(500);
    expect(answered).toEqual(Array.from({ length: 40 - MOST_OPEN_POLLS }, () => knownRevision));
    clusters.deps.changes.close();
    await Promise.all(polls);
    expect(answered).toHaveLength(40);
  });

  it('of an agent are so many at most, and those of other clusters wait on', async () => {
    await using clusters = await startTestClusters();
    const [one, other] = [await clusters.addCluster('one'), await clusters.addCluster('other')];
    let [ended, endedElsewhere] = [0, 0];
    const wait = (token: string, end: () => void) =>
      clusters.server.call(pollStep, token, { body: { agentId: 'agent', waitSeconds: 30 } }).then(end);
    const elsewhere = wait(other.agentToken, () => {
      endedElsewhere += 1;
    });
    const polls = Array.from({ length: MOST_OPEN_POLLS + 3 }, () =>
      wait(one.agentToken, () => {
        ended += 1;
      }),
    );
    await soon(300);
    expect([ended, endedElsewhere]).toEqual([3, 0]);
    clusters.deps.changes.close();
    await Promise.all([...polls, elsewhere]);
  });
});

describe('commits that come together', () => {
  it('wake a waiting poll together, and none is missed', async () => {
    await using clusters = await startTestClusters();
    const { store } = clusters.server;
    const changes = createChanges(store);
    const commits = 100;
    const began = performance.now();
    let lastWake = began;
    let wakes = 0;
    const waiting = (async () => {
      for (let mark = changes.mark(); mark < commits; mark = changes.mark()) {
        await changes.after(mark, 30_000);
        lastWake = performance.now();
        wakes += 1;
      }
    })();
    for (let commit = 0; commit < commits; commit++) await store.change(['keys'], async () => undefined);
    await waiting;
    expect(wakes).toBeGreaterThan(0);
    expect(wakes).toBeLessThanOrEqual(Math.ceil((lastWake - began) / 20) + 1);
    // A commit between the reading and the waiting is not slept through.
    const late = changes.mark();
    await store.change(['keys'], async () => undefined);
    const asked = performance.now();
    await changes.after(late, 30_000);
    expect(performance.now() - asked).toBeLessThan(5000);
    changes.close();
  });
});
