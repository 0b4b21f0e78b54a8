import pino, { type Logger } from 'pino';

export type Log = Logger;

const SECRET_PLACES = [
  'apikey',
  'api_key',
  'token',
  'access_token',
  'authorization',
  'password',
  'pin',
  'plaintext',
  'payload',
  'ciphertext',
];

/** Structured lines on stderr. Requests are not logged here, the audit log has them. Known names of secrets are blacked out in case one slips in. */
export function createLog(options: { level: string; destination?: pino.DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PLACES.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
    },
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
