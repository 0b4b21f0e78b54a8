import { loadCore, loadPublished } from '../published-clients.ts';

/** What a call of a published platform client resolves to. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly result: unknown;
}

/** What it rejects with where the server refuses. */
export interface Refusal {
  readonly status?: number;
  /** The body as text. */
  readonly body?: unknown;
  readonly message: string;
}

export type Call = (parameters?: Readonly<Record<string, unknown>>) => Promise<Answer>;
export type Client = Readonly<Record<string, Call>>;

/** A pager of a client: reads page after page of a list. */
export interface Pager {
  hasNext(): boolean;
  getNext(): Promise<readonly unknown[]>;
  getAll(): Promise<readonly unknown[]>;
}

type PagerClass = new (client: Client, parameters: Readonly<Record<string, unknown>>) => Pager;
type ClientClass = (new (options: {
  readonly authenticator: object;
  readonly serviceUrl: string;
}) => Client) & {
  readonly prototype: Client;
} & Readonly<Record<string, unknown>>;

/** A client of `@ibm-cloud/platform-services`, such as `resource-manager/v2`, that is there where the packages are installed. */
export interface PublishedClient {
  /** Its methods by reflection: what it has, we have, or say that we do not. */
  methods(): string[];
  /** The parameters that a method does not go without. */
  requiredParameters(method: string): string[];
  /** One that knows the server by its URL and an API key alone; `serviceUrl` where requests go another way than logins. */
  open(url: string, apikey: string, serviceUrl?: string): Client;
  /** One that logs in its own way. */
  openWith(authenticator: object, serviceUrl: string): Client;
  pager(name: string, client: Client, parameters: Readonly<Record<string, unknown>>): Pager;
}

/** `base`: what its methods' addresses come behind. */
export function publishedClient(path: string, base = ''): PublishedClient {
  const load = (): ClientClass => loadPublished(`@ibm-cloud/platform-services/${path}`) as ClientClass;
  const openWith = (authenticator: object, serviceUrl: string): Client =>
    new (load())({ authenticator, serviceUrl: serviceUrl + base });
  return {
    methods: () => Object.getOwnPropertyNames(load().prototype).filter((name) => name !== 'constructor'),
    requiredParameters(method) {
      const source = String(load().prototype[method]);
      const list = /_?requiredParams = \[([^\]]*)\]/.exec(source)?.[1];
      if (list === undefined) throw new Error(`nobody knows what ${method} needs`);
      return [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
    },
    open: (url, apikey, serviceUrl = url) => openWith(new (loadCore(5).IamAuthenticator)({ apikey, url }), serviceUrl),
    openWith,
    pager(name, client, parameters) {
      const Pager = load()[name] as PagerClass;
      return new Pager(client, parameters);
    },
  };
}

/** A method of a client, to be called as it is. Throws where there is none. */
export function methodOf(client: Client, name: string): Call {
  const method = client[name];
  if (!method) throw new Error(`no method ${name}`);
  return method.bind(client);
}
