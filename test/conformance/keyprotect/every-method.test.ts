import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInstance, logIn } from '../../process/api.ts';
import { type ServerProcess, startServerProcess } from '../../process/server-process.ts';
import { type Call, clientsAreMissing, keyProtectClient, keyProtectMethods } from '../published-clients.ts';
import { checkRightCall, checkWrongCall } from './check-method.ts';
import { METHOD_CASES, type MethodCase, type MethodScene, openMethodScene } from './method-cases.ts';
import { type StatusProxy, startStatusProxy } from './status-proxy.ts';

const methods = clientsAreMissing ? [] : keyProtectMethods();
const NO_WAITS = {
  ROOTWARD_LIFECYCLE_ENABLE_AFTER_DISABLE_SECONDS: '0',
  ROOTWARD_LIFECYCLE_RESTORE_AFTER_DELETE_SECONDS: '0',
};
const dataDir = mkdtempSync(join(tmpdir(), 'rootward-methods-'));
let server: ServerProcess;
let proxy: StatusProxy;
let scene: MethodScene;
let client: Readonly<Record<string, Call>>;
let viaProxy: Readonly<Record<string, Call>>;

const caseOf = (name: string): MethodCase => {
  const found = METHOD_CASES[name];
  if (!found) throw new Error(`the published client has a method ${name} that nobody checks`);
  return found;
};
const methodOf = (of: Readonly<Record<string, Call>>, name: string): Call => {
  const method = of[name];
  if (!method) throw new Error(`no method ${name}`);
  return method.bind(of);
};

describe.skipIf(clientsAreMissing)('every method of the published Key Protect client', () => {
  const passed = new Set<string>();

  beforeAll(async () => {
    server = await startServerProcess(dataDir, { env: NO_WAITS });
    const { url, apiKey, resourceGroupId } = server.said;
    const api = await logIn(url, apiKey);
    scene = openMethodScene(api, await addInstance(api, resourceGroupId));
    proxy = await startStatusProxy(url);
    client = keyProtectClient(url, apiKey);
    viaProxy = keyProtectClient(proxy.url, apiKey);
  });
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await server?.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(methods)('%s answers as documented, and refuses a wrong call as documented', async (name) => {
    await checkRightCall(methodOf(client, name), caseOf(name), scene);
    await checkWrongCall(methodOf(client, name), caseOf(name), scene);
    passed.add(name);
  });

  it('none is left out', () => {
    process.stderr.write(`Key Protect client: ${passed.size} of ${methods.length} methods\n`);
    expect([...passed].sort()).toEqual([...methods].sort());
    expect(Object.keys(METHOD_CASES).sort()).toEqual([...methods].sort());
  });

  const otherSuccess = (status: number): number => (status === 200 ? 201 : 200);
  it.each(methods)('%s with another status of success would be noticed', async (name) => {
    proxy.pretend((status) => (status < 300 ? otherSuccess(status) : status));
    await expect(checkRightCall(methodOf(viaProxy, name), caseOf(name), scene)).rejects.toThrow(/status 20\d in place of/);
  });

  it.each(methods)('%s with another status of refusal would be noticed', async (name) => {
    proxy.pretend((status) => (status >= 400 ? (status === 400 ? 409 : 400) : status));
    await expect(checkWrongCall(methodOf(viaProxy, name), caseOf(name), scene)).rejects.toThrow(/status 4\d\d in place of/);
  });
});
