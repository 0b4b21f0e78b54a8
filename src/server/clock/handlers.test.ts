import { describe, expect, it } from 'vitest';
import { acceptClock } from '../../contract/clock/accept.ts';
import { readClock } from '../../contract/clock/read.ts';
import { writeMeta } from '../../store/meta.ts';
import { DAY, MINUTE, openJobs } from '../jobs/testkit/jobs-scene.ts';
import { addPerson, grant, PLATFORM } from '../testkit/people.ts';

const TEN_YEARS = 3653 * DAY;

async function scene() {
  const made = await openJobs();
  await made.server.store.change([], (tx) => writeMeta(tx, 'account_id', made.server.account.accountId));
  return made;
}

describe('the state of the clock', () => {
  it('can be seen by everybody who is logged in, with what to run', async () => {
    await using at = await scene();
    const { server } = at;
    const { token } = await addPerson(server, 'reader');
    expect((await server.call(readClock, token, {})).output).toEqual({
      state: 'believed',
      clock: '2026-01-02T03:04:05Z',
      server_time: '2026-01-02T03:04:05Z',
    });
    server.clock.set(TEN_YEARS);
    expect((await server.call(readClock, token, {})).output).toEqual({
      state: 'suspect',
      clock: '2036-01-03T03:04:05Z',
      server_time: '2026-01-02T03:04:05Z',
      suspect_since: '2036-01-03T03:04:05Z',
      message: expect.stringMatching(/^The clock was set 3653 days forward: .* run: rootward clock accept$/),
    });
  });
});

describe('accepting the clock', () => {
  it('lets scheduled work go on after two looks of its own, and is on record', async () => {
    await using at = await scene();
    const { server } = at;
    const { id } = await at.keyIn(5);
    await at.scheduler.pass();
    server.clock.set(TEN_YEARS);
    await at.scheduler.pass();
    const { output } = await server.call(acceptClock, server.ownerToken, {});
    expect(output).toMatchObject({ state: 'believed', clock: '2036-01-03T03:04:05Z' });
    await at.scheduler.pass();
    expect(await at.done(id)).toEqual([]);
    await at.advance(10 * MINUTE);
    await at.scheduler.pass();
    expect(await at.done(id)).toEqual(['kms.secrets.purge']);
    const records = await server.auditRecords();
    expect(records.find(({ action }) => action === 'rootward.clock.accept')).toMatchObject({
      outcome: 'success',
      severity: 'warning',
      initiator: { id: server.account.ownerIamId },
      requestData: { initialValue: { clock: '2036-01-03T03:04:05Z', serverTime: '2026-01-02T03:04:05Z' } },
    });
  });

  it('forgets a look that was made under a clock of the future', async () => {
    await using at = await scene();
    const { server } = at;
    const { id } = await at.keyIn(5);
    await at.advance(91 * DAY);
    await at.scheduler.pass();
    server.clock.set(-TEN_YEARS);
    await server.call(acceptClock, await server.logIn(server.ownerApiKey), {});
    await at.advance(11 * MINUTE);
    await at.scheduler.pass();
    await at.advance(11 * MINUTE);
    await at.scheduler.pass();
    expect(await at.done(id)).toEqual([]);
  });

  it('is for administrators of the server, not for owners of other accounts on it', async () => {
    await using at = await scene();
    const { server } = at;
    const other = await server.addAccount();
    const viewer = await addPerson(server, 'viewer');
    await grant(server, { iamId: viewer.iamId, roles: [`${PLATFORM}Viewer`], service: 'rootward' });
    const administrator = await addPerson(server, 'administrator');
    await grant(server, { iamId: administrator.iamId, roles: [`${PLATFORM}Administrator`], service: 'rootward' });
    server.clock.set(TEN_YEARS);
    for (const token of [other.token, viewer.token])
      await expect(server.call(acceptClock, token, {})).rejects.toMatchObject({ code: 'ACTION_DENIED' });
    expect((await server.call(readClock, viewer.token, {})).output.state).toBe('suspect');
    await server.call(acceptClock, administrator.token, {});
    expect((await server.call(readClock, await server.logIn(viewer.apiKey), {})).output.state).toBe('believed');
  });
});
