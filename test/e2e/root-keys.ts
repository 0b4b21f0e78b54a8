import type { Answer, Api } from '../process/api.ts';

export interface RegistrationSeen {
  readonly resourceCrn: string;
  readonly keyVersion: { readonly id: string };
}

/** The lifecycle of root keys as their owner drives it. */
export interface RootKeys {
  readonly instance: string;
  act(key: string, action: 'rotate' | 'disable' | 'enable', headers?: Readonly<Record<string, string>>): Promise<void>;
  remove(key: string, force?: boolean): Promise<Answer>;
  registrations(key: string): Promise<RegistrationSeen[]>;
  /** The id of the newest version. */
  version(key: string): Promise<string | undefined>;
  state(key: string): Promise<number | undefined>;
}

export function rootKeys(api: Api, instance: string): RootKeys {
  const headers = { 'bluemix-instance': instance };
  const metadata = async (key: string) =>
    (await api.send('GET', `/api/v2/keys/${key}/metadata`, undefined, headers)).body.resources[0];
  return {
    instance,
    async act(key, action, more = {}) {
      const done = await api.send('POST', `/api/v2/keys/${key}/actions/${action}`, undefined, { ...headers, ...more });
      if (done.status !== 204) throw new Error(`${action}: ${done.status} ${JSON.stringify(done.body)}`);
    },
    remove: (key, force = false) => api.send('DELETE', `/api/v2/keys/${key}${force ? '?force=true' : ''}`, undefined, headers),
    async registrations(key) {
      const { body } = await api.send('GET', `/api/v2/keys/${key}/registrations`, undefined, headers);
      return (body.resources ?? []) as unknown as RegistrationSeen[];
    },
    version: async (key) => (await metadata(key))?.keyVersion?.id,
    state: async (key) => (await metadata(key))?.state,
  };
}
