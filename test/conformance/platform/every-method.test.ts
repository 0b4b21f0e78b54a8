import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatusProxy, startStatusProxy } from '../keyprotect/status-proxy.ts';
import { clientsAreMissing, loadCore } from '../published-clients.ts';
import { checkElsewhere, checkRightCall, checkWrongCall } from './check-method.ts';
import { CLIENTS } from './client-table.ts';
import { type Client, methodOf } from './clients.ts';
import type { Caller, MethodCase } from './method-case.ts';
import { plausible } from './plausible.ts';
import type { Scene } from './scene.ts';
import { type StartedScene, startScene } from './start-scene.ts';

const bearer = (bearerToken: string): object => new (loadCore(5).BearerTokenAuthenticator)({ bearerToken });
let started: StartedScene;
let proxy: StatusProxy;
let scene: Scene;

describe.skipIf(clientsAreMissing)('every method of the published platform clients', () => {
  beforeAll(async () => {
    started = await startScene();
    scene = started.scene;
    proxy = await startStatusProxy(scene.url, '/');
  });
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await started?.[Symbol.asyncDispose]();
  });

  describe.each(CLIENTS)('$name', ({ name: clientName, published, refusals, cases, elsewhere }) => {
    const methods = clientsAreMissing ? [] : published.methods();
    const here = methods.filter((name) => !(name in elsewhere));
    const passed = new Set<string>();
    const refused = new Set<string>();
    let direct: Readonly<Record<Caller, Client>>;
    let viaProxy: Readonly<Record<Caller, Client>>;
    const caseOf = (name: string): MethodCase => {
      const found = cases[name];
      if (!found) throw new Error(`the published client has a method ${name} that nobody checks`);
      return found;
    };

    beforeAll(() => {
      const { url, apiKey } = scene;
      const callers = (serviceUrl: string) => ({
        owner: published.open(url, apiKey, serviceUrl),
        other: published.openWith(bearer(scene.other.api.token), serviceUrl),
        nobody: published.openWith(bearer('none'), serviceUrl),
      });
      direct = callers(url);
      viaProxy = callers(proxy.url);
    });
    const rightCall = (by: typeof direct, name: string): Promise<void> =>
      checkRightCall(methodOf(by.owner, name), caseOf(name), scene);
    const wrongCall = (by: typeof direct, name: string): Promise<void> =>
      checkWrongCall(methodOf(by[caseOf(name).wrong.as ?? 'owner'], name), caseOf(name), scene, refusals);

    it.each(here)('%s answers as documented, and refuses a wrong call as documented', async (name) => {
      await rightCall(direct, name);
      await wrongCall(direct, name);
      passed.add(name);
    });

    it.each(Object.entries(elsewhere))('%s does not exist here, and says so', async (name, why) => {
      const needed = published.requiredParameters(name).map((parameter) => [parameter, plausible(parameter, scene)]);
      const given = why.arguments ? await why.arguments(scene) : Object.fromEntries(needed);
      await checkElsewhere(methodOf(direct.owner, name), given, why);
      refused.add(name);
    });

    it('none is left out', () => {
      const more = refused.size > 0 ? ` (${refused.size} elsewhere)` : '';
      process.stderr.write(`${clientName}: ${passed.size} of ${here.length} methods that exist here${more}\n`);
      expect([...passed, ...refused].sort()).toEqual([...methods].sort());
      expect([...Object.keys(cases), ...Object.keys(elsewhere)].sort()).toEqual([...methods].sort());
    });

    const otherSuccess = (status: number): number => (status === 200 ? 201 : 200);
    it.each(here)('%s with another status of success would be noticed', async (name) => {
      proxy.pretend((status) => (status < 300 ? otherSuccess(status) : status));
      await expect(rightCall(viaProxy, name)).rejects.toThrow(/status 20\d in place of/);
    });

    it.each(here)('%s with another status of refusal would be noticed', async (name) => {
      proxy.pretend((status) => (status >= 400 ? (status === 400 ? 409 : 400) : status));
      await expect(wrongCall(viaProxy, name)).rejects.toThrow(/status 4\d\d in place of/);
    });
  });
});
