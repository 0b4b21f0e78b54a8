import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSCODE_GRANT } from '../../../src/contract/tokens/grant.ts';
import { logIn } from '../../process/api.ts';
import { auditRecords, examineAudit } from '../../process/read-audit.ts';
import { type ServerProcess, startServerProcess } from '../../process/server-process.ts';
import { createBrowser, logInAtProvider } from './browser.ts';
import { providerIsMissing, startProvider } from './provider-package.ts';
import { CLIENT, freePort, passcodeOn } from './scene.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'rootward-oidc-'));
let server: ServerProcess;
let provider: Awaited<ReturnType<typeof startProvider>> | undefined;

describe.skipIf(providerIsMissing)(
  'a server that was told of a provider by its environment (npm ci --prefix test/conformance)',
  () => {
    beforeAll(async () => {
      const port = await freePort();
      const providers = [{ name: 'corp', label: 'Corp', issuer: `http://127.0.0.1:${port}`, ...CLIENT }];
      server = await startServerProcess(dataDir, { env: { ROOTWARD_LOGIN_PROVIDERS: JSON.stringify(providers) } });
      const people = { ada: { name: 'Ada', email: 'ada@example.com', email_verified: true } };
      provider = await startProvider({ ...CLIENT, port, people, redirectUri: `${server.said.url}/identity/callback/corp` });
    });
    afterAll(async () => {
      await provider?.end('SIGTERM');
      await server?.end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    });

    it('lets somebody whom the owner has invited get a token, and has all of it on record', async () => {
      const { url, apiKey, accountId } = server.said;
      const owner = await logIn(url, apiKey);
      const invited = await owner.send('POST', `/v2/accounts/${accountId}/users`, { users: [{ email: 'ada@example.com' }] });
      expect(invited.status).toBe(202);

      const browser = createBrowser();
      const choice = await browser.open(`${url}/identity/passcode`);
      const link = /href="(\/identity\/authorize[^"]+)"/.exec(choice.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const begun = await browser.open(url + link);
      const page = await browser.open(await logInAtProvider(browser, begun.location ?? '', 'ada'));
      const passcode = passcodeOn(page);
      const response = await fetch(`${url}/identity/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: PASSCODE_GRANT, passcode }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      const users = await fetch(`${url}/v2/accounts/${accountId}/users/${invited.body.resources[0]?.id}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([response.status, users.status]).toEqual([200, 200]);
      expect(await users.json()).toMatchObject({ state: 'ACTIVE', email: 'ada@example.com' });

      await server.end('SIGTERM');
      const { report } = await examineAudit(dataDir);
      expect(report.ok).toBe(true);
      const text = JSON.stringify([...auditRecords(dataDir)]);
      expect(text).toContain('iam-identity.user-federated.login');
      for (const secret of [passcode, passcode.replaceAll('-', ''), CLIENT.clientSecret, token])
        expect(text).not.toContain(secret);
    });
  },
);
