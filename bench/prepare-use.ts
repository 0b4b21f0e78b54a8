import { addInstance, addRootKey, logIn } from '../test/process/api.ts';
import type { ServerFacts } from '../test/process/server-process.ts';

export type Use = 'wrap' | 'unwrap';

/** Makes a key on a running server. Returns the one request that is sent again and again, and what is answered to it; it was sent once. */
export async function prepareUse(use: Use, server: ServerFacts) {
  const { url, apiKey, resourceGroupId } = server;
  const api = await logIn(url, apiKey);
  const instance = await addInstance(api, resourceGroupId);
  const id = await addRootKey(api, instance);
  const ask = async (verb: Use, body: object) => {
    const path = `/api/v2/keys/${id}/actions/${verb}`;
    const answer = await api.send('POST', path, body, { 'bluemix-instance': instance });
    if (answer.status !== 200) throw new Error(`${verb} answered ${answer.status}`);
    return { path, body: JSON.stringify(body), reply: JSON.stringify(answer.body), ciphertext: answer.body.ciphertext };
  };
  const aad = ['cluster', 'node-1'];
  const wrapped = await ask('wrap', { plaintext: Buffer.alloc(32, 7).toString('base64'), aad });
  const sample = use === 'wrap' ? wrapped : await ask('unwrap', { ciphertext: wrapped.ciphertext, aad });
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', 'bluemix-instance': instance };
  return { ...sample, headers };
}
