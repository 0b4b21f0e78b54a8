import { RootwardError } from '../../contract/errors.ts';

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
