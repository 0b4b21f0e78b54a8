import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { SERVICE_ROLE } from '../src/contract/actions.ts';
import type { Condition } from '../src/server/iam/decide/condition.ts';
import { createDecide } from '../src/server/iam/decide/decide.ts';
import type { Decide } from '../src/server/iam/decide/decision.ts';
import { subjectKeyOf } from '../src/server/iam/decide/subject-key.ts';
import type { PersonPrincipal } from '../src/server/principal.ts';
import { insertAccount } from '../src/store/iam/accounts.ts';
import { openSqliteStore, type Store } from '../src/store/store.ts';
import { keepEvidence, machine, median, requireDisk } from './figures.ts';
import { rounded } from './rounds.ts';

const FEW = 10;
const OF_ONE_SUBJECT = 10_000;
const GROUPS = 3;
const DECISIONS = 200;
const ROWS_PER_STATEMENT = 500;
const ROWS_PER_COMMIT = 20_000;

interface Side {
  readonly accountId: string;
  readonly policies: number;
}

/** `npm run bench -- decide`: a decision in an account with 10^5 policies beside one in an account with 10, and one about somebody with 10^4. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      policies: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '40' },
      'data-dir': { type: 'string', default: tmpdir() },
    },
  });
  requireDisk(values['data-dir']);
  const directory = mkdtempSync(join(values['data-dir'], 'rootward-bench-'));
  const store = await openSqliteStore(join(directory, 'rootward.db'));
  try {
    const few = await seed(store, 'few', FEW);
    const many = await seed(store, 'many', Number(values.policies));
    const rich = await seedRich(store, many.accountId);
    const decide = createDecide({ store });
    const pairs: { readonly few: number; readonly many: number }[] = [];
    for (let index = 0; index < Number(values.rounds); index += 1) {
      pairs.push({ few: await coldMicros(decide, few), many: await coldMicros(decide, many) });
    }
    await report(decide, { few, many, rich }, pairs);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

async function seed(store: Store, name: string, policies: number): Promise<Side> {
  const accountId = name;
  const members = Array.from({ length: GROUPS }, (_, index) => `AccessGroupId-${name}-${index}`);
  await store.change(['iam'], async (tx) => {
    await insertAccount(tx, { id: accountId, name, owner_iam_id: 'IBMid-owner', created_at: 0 });
    for (const group of members) {
      const member = { group_id: group, iam_id: 'IBMid-somebody', account_id: accountId, created_at: 0, created_by: '' };
      await tx.insertInto('access_group_members').values(member).execute();
    }
  });
  const own = [rowOf(accountId, { name: 'iam_id', value: 'IBMid-somebody' }, 'own')];
  const ofGroups = members.map((group) => rowOf(accountId, { name: 'access_group_id', value: group }, 'group'));
  const others = Array.from({ length: policies - own.length - ofGroups.length }, (_, index) =>
    rowOf(accountId, { name: 'iam_id', value: `IBMid-${Math.floor(index / 10)}` }, `i${index % 10}`),
  );
  await insert(store, [...own, ...others, ...ofGroups]);
  return { accountId, policies };
}

/** Somebody with a policy for each of 10^4 keys. */
async function seedRich(store: Store, accountId: string): Promise<Side> {
  const subject = { name: 'iam_id', value: 'IBMid-rich' };
  await insert(
    store,
    Array.from({ length: OF_ONE_SUBJECT }, (_, index) => rowOf(accountId, subject, 'own', `k${index}`)),
  );
  return { accountId, policies: OF_ONE_SUBJECT };
}

function rowOf(accountId: string, subject: Condition, instance: string, key?: string) {
  const resource: Condition[] = [
    { name: 'accountId', value: accountId },
    ...(key === undefined ? [] : [{ name: 'resource', value: key }]),
    { name: 'serviceInstance', value: instance },
    { name: 'serviceName', value: 'kms' },
  ];
  return {
    id: randomUUID(),
    account_id: accountId,
    type: 'access' as const,
    subject_key: subjectKeyOf([subject]) ?? '',
    document: JSON.stringify({ subject: [subject], roles: [`${SERVICE_ROLE}Reader`], resource }),
    description: null,
    state: 'active' as const,
    etag: '1',
    created_at: 0,
    created_by: '',
    modified_at: 0,
    modified_by: '',
    parent_id: null,
  };
}

async function insert(store: Store, rows: readonly ReturnType<typeof rowOf>[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_COMMIT) {
    await store.change(['iam'], async (tx) => {
      for (let at = from; at < Math.min(from + ROWS_PER_COMMIT, rows.length); at += ROWS_PER_STATEMENT) {
        const some = rows.slice(at, Math.min(at + ROWS_PER_STATEMENT, from + ROWS_PER_COMMIT));
        await tx.insertInto('policies').values(some).execute();
      }
    });
  }
}

const personOf = (accountId: string, iamId = 'IBMid-somebody'): PersonPrincipal => ({
  kind: 'user',
  iamId,
  accountId,
  name: 'somebody',
  credential: 'token',
});

/** Each decision about somebody whom the server has not seen yet, so that all is read from the store. */
async function coldMicros(decide: Decide, { accountId }: Side): Promise<number> {
  const target = { serviceName: 'kms', accountId, serviceInstance: 'group' };
  const started = performance.now();
  for (let index = 0; index < DECISIONS; index += 1) {
    const decision = await decide(personOf(accountId), 'kms.secrets.wrap', { ...target });
    if (!decision.allowed) throw new Error(decision.reason);
  }
  return ((performance.now() - started) / DECISIONS) * 1000;
}

async function report(
  decide: Decide,
  { few, many, rich }: { readonly few: Side; readonly many: Side; readonly rich: Side },
  pairs: readonly { readonly few: number; readonly many: number }[],
): Promise<void> {
  const person = personOf(rich.accountId, 'IBMid-rich');
  const key = (index: number) => ({
    serviceName: 'kms',
    accountId: rich.accountId,
    serviceInstance: 'own',
    resource: `k${index}`,
  });
  const timed = async (ask: (index: number) => unknown, times: number): Promise<number> => {
    const started = performance.now();
    for (let index = 0; index < times; index += 1) await ask(index);
    return ((performance.now() - started) / times) * 1000;
  };
  const firstOfMany = await timed(() => decide(person, 'kms.secrets.wrap', key(0)), 1);
  const newQuestion = await timed((index) => decide(person, 'kms.secrets.wrap', key(index)), OF_ONE_SUBJECT / 2);
  const same = key(1);
  const warm = await timed(() => decide(person, 'kms.secrets.wrap', same), 100_000);
  const figures = {
    few: { policies: few.policies, coldMicros: rounded(median(pairs.map((pair) => pair.few))) },
    many: { policies: many.policies, coldMicros: rounded(median(pairs.map((pair) => pair.many))) },
    ratio: rounded(median(pairs.map((pair) => pair.many / pair.few))),
    rounds: pairs.length,
    decisionsPerRound: DECISIONS,
    subjectWithManyPolicies: {
      policies: rich.policies,
      firstDecisionMicros: rounded(firstOfMany),
      otherQuestionMicros: rounded(newQuestion),
      sameQuestionMicros: rounded(warm),
    },
    what: 'decisions about somebody in three access groups, each read from SQLite anew, in an account of few and one of many policies by turns',
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(
    `${keepEvidence('bench-decide', { command: 'npm run bench -- decide', ...figures, machine: machine() })}\n`,
  );
}
