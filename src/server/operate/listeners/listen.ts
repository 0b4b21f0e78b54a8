import { RootwardError } from '../../../contract/errors.ts';
import { isCidr } from '../../network/cidr.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;

/** `HOST:PORT`, with brackets around an IPv6 host. */
export function parseListen(text: string, setting: string): Address {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || host === '' || Number(port) > 65_535) {
    throw new RootwardError('CONFIG', {
      message: `Setting ${setting} must be HOST:PORT, such as 127.0.0.1:8480.`,
      target: { type: 'field', name: setting },
    });
  }
  return { host, port: Number(port) };
}

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Throws CONFIG where a listener beyond this machine would take plain HTTP. */
export function refusePlainHttpOutside(hasTls: boolean, address: Address, setting: string): void {
  if (hasTls || isLoopback(address.host)) return;
  throw new RootwardError('CONFIG', {
    message: `Plain HTTP is served on loopback only, and ${setting} is ${hostInUrl(address)}:${address.port}.`,
    hint: 'Set tls.certFile and tls.keyFile, or listen on 127.0.0.1.',
    target: { type: 'field', name: setting },
  });
}

export const hostInUrl = ({ host }: Address): string => (host.includes(':') ? `[${host}]` : host);

/** The CIDRs of trusted proxies. Throws CONFIG if one is none. */
export function checkProxies(cidrs: readonly string[]): readonly string[] {
  const wrong = cidrs.find((cidr) => !isCidr(cidr));
  if (wrong === undefined) return cidrs;
  throw new RootwardError('CONFIG', {
    message: `Setting trustedProxies must contain CIDRs such as 10.0.0.0/8, and ${wrong} is none.`,
    target: { type: 'field', name: 'trustedProxies' },
  });
}

/** Turns "address in use" into a sentence that helps. */
export function asListenError(error: unknown, { host, port }: Address, flag: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new RootwardError('PORT_TAKEN', {
      message: `Port ${port} on ${host} is taken by another process.`,
      hint: `Choose another with ${flag} ${host}:0 (any free port) or ${flag} ${host}:${port + 100}.`,
      cause: error,
    });
  }
  if (code === 'EACCES')
    return new RootwardError('PORT_TAKEN', {
      message: `Port ${port} needs more rights than this process has.`,
      hint: `Choose a port above 1023 with ${flag}.`,
      cause: error,
    });
  return error;
}
