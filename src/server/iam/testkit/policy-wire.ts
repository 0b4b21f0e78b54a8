import { createHttp } from '../../http.ts';
import { createLog } from '../../log.ts';
import { startTestServer, type TestServer } from '../../testkit/test-server.ts';

export const READER = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
export const WRITER = 'crn:v1:bluemix:public:iam::::serviceRole:Writer';

export interface ConditionV2 {
  readonly key: string;
  readonly operator: string;
  readonly value: unknown;
}

interface Side {
  readonly attributes: readonly object[];
}

interface ShownRole {
  readonly role_id: string;
  readonly display_name?: string;
  readonly actions?: readonly object[];
}

/** The fields of answers that tests look into; which of them are there depends on the answer. */
export interface PolicyReply {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly subjects: readonly Side[];
  readonly resources: readonly Side[];
  readonly roles: readonly ShownRole[];
  readonly subject: Side;
  readonly resource: Side;
  readonly control: { readonly grant: { readonly roles: readonly ShownRole[] } };
  readonly policies: readonly PolicyReply[];
  readonly next?: { readonly href: string; readonly start: string };
  readonly trace: string;
  readonly status_code: number;
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly target: { readonly type: string; readonly name: string };
    readonly details: { readonly conflicts_with: object };
  }[];
}

export interface Answer {
  readonly status: number;
  readonly etag: string;
  /** Empty where there was none. */
  readonly body: PolicyReply;
}

/** A server by HTTP, spoken to by its account's owner unless a token is given. */
export interface PolicyWire extends AsyncDisposable {
  readonly server: TestServer;
  readonly accountId: string;
  send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
    more?: { readonly ifMatch?: string; readonly token?: string },
  ): Promise<Answer>;
  /** A service authorization for clusters of the account on its Key Protect, with more conditions. */
  v1(resource?: Readonly<Record<string, string>>, roles?: readonly string[]): object;
  v2(
    resource?: readonly ConditionV2[],
    subject?: readonly ConditionV2[],
    roles?: readonly string[],
  ): {
    readonly type: string;
    readonly subject: { readonly attributes: readonly ConditionV2[] };
    readonly resource: { readonly attributes: readonly ConditionV2[] };
    readonly control: object;
  };
}

export const equals = (key: string, value: string): ConditionV2 => ({ key, operator: 'stringEquals', value });

export async function startPolicyWire(): Promise<PolicyWire> {
  const server = await startTestServer();
  const { accountId } = server.account;
  const log = createLog({ level: 'fatal' });
  const http = createHttp({ pipeline: server.pipeline, serverId: 'test', newId: server.iam.newId, log });
  const named = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([name, value]) => ({ name, value }));
  return {
    server,
    accountId,
    async send(method, url, payload, { ifMatch, token = server.ownerToken } = {}) {
      const headers = {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      };
      const reply = await http.inject({ method, url, headers, ...(payload && { payload }) });
      const body = (reply.body === '' ? {} : reply.json()) as PolicyReply;
      return { status: reply.statusCode, etag: String(reply.headers.etag ?? ''), body };
    },
    v1: (resource = {}, roles = [READER]) => ({
      type: 'authorization',
      subjects: [{ attributes: named({ serviceName: 'containers-kubernetes', accountId }) }],
      roles: roles.map((role_id) => ({ role_id })),
      resources: [{ attributes: named({ serviceName: 'kms', accountId, ...resource }) }],
    }),
    v2: (resource = [], subject = [], roles = [READER]) => ({
      type: 'authorization',
      subject: { attributes: [equals('serviceName', 'containers-kubernetes'), equals('accountId', accountId), ...subject] },
      resource: { attributes: [equals('serviceName', 'kms'), equals('accountId', accountId), ...resource] },
      control: { grant: { roles: roles.map((role_id) => ({ role_id })) } },
    }),
    async [Symbol.asyncDispose]() {
      await http.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
