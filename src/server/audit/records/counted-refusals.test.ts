import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../sample-audit.ts';
import { byAddress, byIdentity, createCountedRefusals } from './counted-refusals.ts';
import type { AuditRecord } from './record.ts';

const MINUTE = 60_000;

function scene() {
  const written: AuditRecord[] = [];
  let failure: Error | undefined;
  const append = async (record: AuditRecord): Promise<void> => {
    if (failure) throw failure;
    written.push(record);
  };
  const refusals = createCountedRefusals(append, byAddress);
  let made = 0;
  const refuse = async (address: string, now: number): Promise<void> => {
    const record = refusals.admit(address, now, () => sampleRecord(`r${++made}`));
    if (record) await append(record);
  };
  const fail = (error: Error | undefined): void => {
    failure = error;
  };
  return { written, refusals, refuse, fail };
}

describe('refusals of callers without an identity', () => {
  it('are recorded one by one up to twenty a minute and address, then counted in one record', async () => {
    const { written, refusals, refuse } = scene();
    for (let turn = 0; turn < 500; turn += 1) await refuse('192.0.2.1', turn);
    await refuse('192.0.2.2', 500);
    expect(written).toHaveLength(21);
    await refusals.flush();
    expect(written).toHaveLength(22);
    expect(written.at(-1)).toMatchObject({ count: 480, initiator: { host: { address: '192.0.2.1' } } });
  });

  it('none is lost: the numbers add up over minutes and addresses', async () => {
    const { written, refusals, refuse } = scene();
    for (let turn = 0; turn < 3000; turn += 1) await refuse(`192.0.2.${turn % 3}`, turn * 100);
    await refusals.flush();
    expect(written.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(3000);
    // Five minutes, three addresses: twenty records and one count each.
    expect(written).toHaveLength(5 * 3 * 21);
  });

  it('a thousand addresses and more share what is left', async () => {
    const { written, refusals, refuse } = scene();
    for (let turn = 0; turn < 5000; turn += 1) await refuse(`address ${turn}`, 0);
    await refusals.flush();
    expect(written.length).toBeLessThan(1050);
    expect(written.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(5000);
  });

  it('what could not be written is told with the next count', async () => {
    const { written, refusals, refuse, fail } = scene();
    for (let turn = 0; turn < 30; turn += 1) await refuse('192.0.2.1', 0);
    fail(new Error('disk full'));
    await refusals.flush();
    fail(undefined);
    await refuse('192.0.2.1', MINUTE);
    await refusals.flush();
    expect(written.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(31);
  });
});

describe('refusals of callers that ask too often', () => {
  it('are counted by identity, whatever the address; the record of many identities names none of them', async () => {
    const written: AuditRecord[] = [];
    const refusals = createCountedRefusals(async (record) => void written.push(record), byIdentity);
    const refuse = (id: string) => {
      const record = refusals.admit(id, 0, () => ({ ...sampleRecord('r'), initiator: { ...sampleRecord('r').initiator, id } }));
      if (record) written.push(record);
    };
    for (let turn = 0; turn < 100; turn += 1) refuse('IBMid-1');
    for (let turn = 0; turn < 2000; turn += 1) refuse(`IBMid-many-${turn}`);
    await refusals.flush();
    const counted = written.filter(({ count }) => count !== undefined);
    expect(counted.map(({ initiator }) => initiator.id).sort()).toEqual(['*', 'IBMid-1']);
    expect(written.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2100);
  });
});
