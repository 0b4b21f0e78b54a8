import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES } from '../../../src/contract/actions.ts';
import { type ErrorCode, RootwardError } from '../../../src/contract/errors.ts';
import type { Operation } from '../../../src/contract/operation.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import type { Handler } from '../../../src/server/handler.ts';
import { createMetrics } from '../../../src/server/operate/metrics.ts';
import { createPipeline, type Pipeline } from '../../../src/server/pipeline.ts';
import type { PersonPrincipal, Principal } from '../../../src/server/principal.ts';
import { isDecidedFor } from './decided.ts';
import { addPersonas, type Personas, somebody } from './personas.ts';
import { type PlatformCall, platformCalls } from './platform-calls.ts';
import { type At, PLATFORM_ROWS, type PlatformRow } from './platform-rows.ts';
import { openPlatformScene, type PlatformScene } from './platform-scene.ts';
import { placesAround } from './scoped-places.ts';

// Every operation beside those of the key service × every role of its service × every attribute and operator by which the role can be
// scoped, through the whole pipeline, for both KMS providers. Whatever is allowed stops where it would begin to do something.

const operations = OPERATIONS.filter(({ api }) => api !== 'key-protect');
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>(['ACTION_DENIED', 'UNAUTHENTICATED', 'NETWORK_DENIED']);
/** An answer about the call itself would prove nothing about who may make it. */
const WRONG: ReadonlySet<string> = new Set<ErrorCode>([
  'BAD_BODY',
  'NO_BODY',
  'INVALID_QUERY',
  'INVALID_FIELD',
  'ACCOUNT_MISMATCH',
]);

/** Where they name nothing of an account, everybody asks about their own. */
const ABOUT_OWN_ACCOUNT: ReadonlySet<string> = new Set([
  'service-ids.create',
  'trusted-profiles.create',
  'groups.create',
  'clusters.create',
  'clusters.list',
  'invitations.list',
  'enabling.instances',
  'enabling.root-keys',
  'api-key-owners.reset',
]);
/** What is not supported is not looked for, and what is somebody else's has no tags. */
const NOT_LOOKED_FOR = /^(access-groups\.(rules|settings)-|trusted-profiles\.links-|search\.tags)/;

type ScopedRow = Extract<PlatformRow, { kind: 'roles' | 'list' }>;

it('who may do what is written down for each operation, and for nothing else', () => {
  expect(Object.keys(PLATFORM_ROWS).sort()).toEqual(operations.map(({ name }) => name).sort());
});

let cells = 0;

describe.each(['kms', 'hs-crypto'] as const)('who may do what, with instances of %s', (kms) => {
  let scene: PlatformScene;
  let calls: Readonly<Record<string, PlatformCall>>;
  let personas: Personas;
  let stranger: PersonPrincipal;
  let stopping: Pipeline;
  // What has nothing to do with the provider is asked once.
  const asked = operations.filter(({ name }) => {
    const row = PLATFORM_ROWS[name];
    return kms === 'kms' || ((row?.kind === 'roles' || row?.kind === 'list') && row.service === 'KMS');
  });
  beforeAll(async () => {
    scene = await openPlatformScene(kms);
    calls = platformCalls(scene);
    stranger = somebody(scene.accountId, 'stranger');
    const things = new Set(
      Object.values(PLATFORM_ROWS).flatMap((row) => ('at' in row ? [row.at, ...(row.or ? [row.or.at] : [])] : [])),
    );
    personas = await addPersonas(scene.server, [...things].flatMap(personasAt));
    const { store, auditor, decide, authenticate, clock, iam } = scene.server;
    stopping = createPipeline([...scene.server.pipeline.handlers.values()].map(stopAtWork), {
      store,
      auditor,
      decide,
      authenticate,
      metrics: createMetrics(),
      now: clock.now,
      newId: iam.newId,
    });
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const rolesOf = (service: string): string[] => (ROLES[service] ?? []).map(({ displayName }) => displayName);

  function personasAt(at: At) {
    const thing = scene.things(at);
    return rolesOf(thing.service).flatMap((role) =>
      placesAround(thing).map(({ name, resource }) => ({ role, service: thing.service, place: `${at}: ${name}`, resource })),
    );
  }

  const callOf = (operation: Operation) => {
    const { shows, ...input } = calls[operation.name] ?? {};
    return { shows, input: input as never };
  };

  /** The error that a call is refused with, through the whole pipeline. Undefined: it is not, and of a list, it shows the thing. */
  async function refusalOf(operation: Operation, principal: Principal | undefined, isList = false): Promise<string | undefined> {
    cells += 1;
    const { shows, input } = callOf(operation);
    const pipeline = isList ? scene.server.pipeline : stopping;
    try {
      const output = principal
        ? await pipeline.invoke(operation, principal, input)
        : (await scene.server.call(operation, undefined, input)).output;
      if (isList && !shows) throw new Error(`nobody has said what ${operation.name} shows`);
      return isList && !shows?.(output as never) ? 'NOT SHOWN' : undefined;
    } catch (error) {
      const code = error instanceof RootwardError ? error.code : undefined;
      if (code === undefined || code === 'INTERNAL') throw error;
      return code === 'SHUTTING_DOWN' ? undefined : code;
    }
  }

  async function isAllowed(operation: Operation, principal: Principal | undefined, isList = false): Promise<boolean> {
    const code = await refusalOf(operation, principal, isList);
    if (code !== undefined && WRONG.has(code)) throw new Error(`the call itself is wrong: ${code}`);
    return code === undefined || !(REFUSALS.has(code) || code === 'NOT SHOWN');
  }

  /** The same without a record of each of the many thousand refusals. */
  async function mayBeDone(operation: Operation, principal: Principal): Promise<boolean> {
    cells += 1;
    return isDecidedFor(scene.server, operation, principal, callOf(operation).input);
  }

  /** Where there are two ways to an operation, a role that is given on many services may open the other one. */
  function reachesOtherwise(row: ScopedRow, at: At, role: string, place: string): boolean {
    if (!row.or) return false;
    if (at === row.at) return place === 'account management' && row.or.roles.includes(role);
    return (place === 'all services' || (place === 'another service' && kms === 'kms')) && row.roles.includes(role);
  }

  const scoped = asked.flatMap((operation) => {
    const row = PLATFORM_ROWS[operation.name];
    return row?.kind === 'roles' || row?.kind === 'list' ? [[operation.name, operation, row] as const] : [];
  });
  describe.each(scoped)('%s', (_name, operation, row: ScopedRow) => {
    it('by role and by where the role is given', { timeout: 120_000 }, async () => {
      const isList = row.kind === 'list';
      for (const { at, roles } of row.or ? [row, row.or] : [row]) {
        const thing = scene.things(at);
        for (const role of rolesOf(thing.service)) {
          for (const { name, reaches } of placesAround(thing)) {
            const expected = (reaches && roles.includes(role)) || reachesOtherwise(row, at, role, name);
            const who = personas.of(role, `${at}: ${name}`);
            const allowed = isList ? await isAllowed(operation, who, isList) : await mayBeDone(operation, who);
            expect([role, name, allowed]).toEqual([role, name, expected]);
          }
          const who = personas.of(role, `${at}: the service`);
          expect([role, await isAllowed(operation, who, isList)]).toEqual([role, roles.includes(role)]);
        }
      }
    });

    it('strangers, clusters, nobody and other accounts never; the owner always', async () => {
      const may = async (principal: Principal | undefined) => isAllowed(operation, principal, row.kind === 'list');
      expect(['stranger', await may(stranger)]).toEqual(['stranger', false]);
      for (const process of Object.values(scene.processes)) {
        expect([process.role, await may(process)]).toEqual([process.role, false]);
      }
      expect(['nobody', await may(undefined)]).toEqual(['nobody', false]);
      expect(['owner', await may(scene.owner)]).toEqual(['owner', true]);
      if (ABOUT_OWN_ACCOUNT.has(operation.name) || NOT_LOOKED_FOR.test(operation.name)) return;
      // To an owner elsewhere nothing here exists.
      const refusal = await refusalOf(operation, scene.ownerElsewhere, row.kind === 'list');
      expect(refusal).toMatch(/^(ACTION_DENIED|ACCOUNT_MISMATCH|NOT SHOWN|INVALID_FIELD|.*_NOT_FOUND|.*_UNKNOWN)$/);
    });
  });

  const others = asked.flatMap((operation) => {
    const row = PLATFORM_ROWS[operation.name];
    return row && row.kind !== 'roles' && row.kind !== 'list' ? [[operation.name, operation, row] as const] : [];
  });
  it.each(others)('%s', async (_name, operation, row) => {
    switch (row.kind) {
      case 'members':
        expect(await isAllowed(operation, stranger)).toBe(true);
        expect(await isAllowed(operation, undefined)).toBe(false);
        return;
      case 'own':
        expect(await isAllowed(operation, scene.owner)).toBe(true);
        expect(await isAllowed(operation, stranger)).toBe(row.by === 'anybody');
        expect(await isAllowed(operation, undefined)).toBe(false);
        return;
      case 'cluster':
        for (const process of Object.values(scene.processes)) {
          expect([process.role, await isAllowed(operation, process)]).toEqual([process.role, process.role === row.process]);
        }
        expect(await isAllowed(operation, scene.owner)).toBe(false);
        expect(await isAllowed(operation, undefined)).toBe(false);
        return;
      case 'public':
        expect(operation.action).toBe('public');
    }
  });
});

it('many thousand cells were asked', () => {
  process.stderr.write(`authorization matrix beside the key service: ${cells} cells\n`);
  expect(cells).toBeGreaterThan(20_000);
});

/** What is allowed gets as far as its work, and no further. */
function stopAtWork(handler: Handler): Handler {
  const { prepare: _prepare, ...rest } = handler;
  return {
    ...rest,
    run() {
      throw new RootwardError('SHUTTING_DOWN', { message: 'allowed' });
    },
  };
}
