import { randomUUID } from 'node:crypto';
import { ROLES } from '../../../src/contract/actions.ts';
import type { Condition } from '../../../src/server/iam/decide/condition.ts';
import { subjectKeyOf } from '../../../src/server/iam/decide/subject-key.ts';
import type { PersonPrincipal } from '../../../src/server/principal.ts';
import type { TestServer } from '../../../src/server/testkit/test-server.ts';

/** Somebody who has one role at one place, and nothing else. */
export interface Wanted {
  /** Name of the role, as the service displays it. */
  readonly role: string;
  /** The service that defines the role. */
  readonly service: string;
  /** The name by which it is asked for. */
  readonly place: string;
  /** What the policy is about, beside its account. */
  readonly resource: readonly Condition[];
}

export interface Personas {
  of(role: string, place: string): PersonPrincipal;
}

const POLICIES_PER_STATEMENT = 200;

/** Gives each of them a service ID's identity and one policy, as the server stores policies. */
export async function addPersonas(server: TestServer, wanted: readonly Wanted[]): Promise<Personas> {
  const { accountId } = server.account;
  const people = new Map<string, PersonPrincipal>();
  const rows = wanted.map(({ role, service, place, resource }) => {
    const crn = ROLES[service]?.find(({ displayName }) => displayName === role)?.crn;
    if (crn === undefined) throw new Error(`${service} has no role ${role}`);
    const principal = somebody(accountId, `${role} on ${place}`);
    people.set(`${role} on ${place}`, principal);
    const subject = [{ name: 'iam_id', value: principal.iamId }];
    return {
      id: randomUUID(),
      account_id: accountId,
      type: 'access' as const,
      subject_key: subjectKeyOf(subject) ?? '',
      document: JSON.stringify({ subject, roles: [crn], resource: [{ name: 'accountId', value: accountId }, ...resource] }),
      description: null,
      state: 'active' as const,
      etag: '1',
      created_at: 0,
      created_by: '',
      modified_at: 0,
      modified_by: '',
      parent_id: null,
    };
  });
  await server.store.change(['iam'], async (tx) => {
    for (let from = 0; from < rows.length; from += POLICIES_PER_STATEMENT) {
      await tx
        .insertInto('policies')
        .values(rows.slice(from, from + POLICIES_PER_STATEMENT))
        .execute();
    }
  });
  return {
    of(role, place) {
      const found = people.get(`${role} on ${place}`);
      if (!found) throw new Error(`nobody is ${role} on ${place}`);
      return found;
    },
  };
}

/** Somebody of the account who has nothing yet. */
export function somebody(accountId: string, name: string): PersonPrincipal {
  return { kind: 'service-id', iamId: `iam-ServiceId-${randomUUID()}`, accountId, name, credential: 'apikey' };
}

export const is = (name: string, value: string): Condition => ({ name, value });
