import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { recordBackup } from '../../contract/backups/record.ts';
import type { Barrier } from '../../crypto/barrier.ts';
import type { BackupRecorder } from './make-backup.ts';
import { reportMac } from './report-mac.ts';

const PATIENCE_MS = 10_000;

/** Tells a server on this machine of a backup. No secret is sent, and the server believes the MAC alone. */
export function reportTo(server: {
  readonly url: string;
  /** The server's own certificate: nobody else is talked to, whatever names it has. */
  readonly certFile: string | undefined;
  readonly barrier: Barrier;
}): BackupRecorder {
  const send = async (content: unknown): Promise<void> => {
    const report = JSON.stringify(content);
    const body = JSON.stringify({ report, mac: reportMac(server.barrier, report) });
    const status = await post(new URL(recordBackup.http.path, server.url), body, server.certFile);
    if (status !== recordBackup.http.success) throw new Error(`the server answered ${status}`);
  };
  return {
    begin: (backup) => send({ backup }),
    versions: (backupId, versions) => send({ backupId, versions }),
  };
}

function post(url: URL, body: string, certFile: string | undefined): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const common = { method: 'POST', headers, timeout: PATIENCE_MS };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:' && certFile !== undefined
        ? httpsRequest(url, { ...common, ca: readFileSync(certFile), checkServerIdentity: () => undefined })
        : httpRequest(url, common);
    request.once('timeout', () => request.destroy(new Error('it did not answer in time')));
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(body);
  });
}
