import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config.ts';
import { asListenError, hostInUrl, parseListen, refusePlainHttpOutside } from './listen.ts';
import { createPrivateServer, type PrivateServer } from './private-server.ts';

/** What published clients expect where nothing else is said. */
const DEFAULT_PORT = 15_008;

/** The second listener of every API, where the configuration has one: for who comes from a network that the operator trusts. */
export interface PrivateListener {
  /** Throws PORT_TAKEN. Without the setting it does nothing. */
  listen(app: FastifyInstance): Promise<void>;
  /** Undefined: there is none. */
  readonly url: string | undefined;
  /** The port that `/instance/allowed_ip_port` answers with. */
  readonly port: () => number;
  close(): Promise<void>;
}

/** Throws CONFIG for an address that is none, or one beyond loopback without TLS. */
export function createPrivateListener(
  config: Pick<Config, 'privateListen' | 'allowedIpPort'>,
  tls: { readonly cert: string; readonly key: string } | undefined,
): PrivateListener {
  const address = config.privateListen === undefined ? undefined : parseListen(config.privateListen, 'privateListen');
  if (address) refusePlainHttpOutside(tls !== undefined, address, 'privateListen');
  let listening: PrivateServer | undefined;
  const boundPort = () => (listening?.server.address() as AddressInfo | undefined | null)?.port;
  return {
    async listen(app) {
      if (!address) return;
      const made = createPrivateServer(app, tls);
      await new Promise<void>((resolve, reject) => {
        made.server.once('error', (error) => reject(asListenError(error, address, '--private-listen')));
        made.server.listen(address.port, address.host, resolve);
      });
      listening = made;
    },
    get url() {
      const port = boundPort();
      return address && port !== undefined ? `${tls ? 'https' : 'http'}://${hostInUrl(address)}:${port}` : undefined;
    },
    port: () => config.allowedIpPort ?? boundPort() ?? DEFAULT_PORT,
    close: async () => await listening?.close(),
  };
}
