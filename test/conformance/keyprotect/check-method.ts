import { Compile } from 'typebox/compile';
import type { Call, ClientResponse } from '../published-clients.ts';
import type { MethodCase, MethodScene } from './method-cases.ts';
import { refusal } from './shapes.ts';

const isRefusal = Compile(refusal);

/** Throws unless the right call of a method answers with the documented status and exactly the documented shape. */
export async function checkRightCall(call: Call, { right }: MethodCase, scene: MethodScene): Promise<void> {
  const answer = await call({ bluemixInstance: scene.instance, ...(await right.arguments(scene)) });
  if (answer.status !== right.status) throw new Error(`status ${answer.status} in place of ${right.status}`);
  if (right.header) {
    const value = answer.headers[right.header.name];
    if (!right.header.form.test(value ?? '')) throw new Error(`header ${right.header.name} is ${value}`);
  }
  const body = await parsed(answer.result);
  if (right.shape === 'none') {
    if (body !== '') throw new Error(`a body where there should be none: ${JSON.stringify(body)}`);
    return;
  }
  const shape = Compile(right.shape);
  if (!shape.Check(body)) throw new Error(`another shape: ${JSON.stringify([...shape.Errors(body)].slice(0, 3))}`);
  const { metadata, resources } = body as Partial<ClientResponse['result']>;
  if (metadata && metadata.collectionTotal !== resources?.length)
    throw new Error('collectionTotal is not the number of resources on the page');
}

/** Throws unless the wrong call is refused with the documented status and reason, in the shape of an error. */
export async function checkWrongCall(call: Call, { wrong }: MethodCase, scene: MethodScene): Promise<void> {
  const given = { bluemixInstance: scene.instance, ...(await wrong.arguments(scene)) };
  const error = await call(given).then(
    () => undefined,
    (refused: { status?: number; body?: unknown }) => refused,
  );
  if (error === undefined) throw new Error('the wrong call was accepted');
  if (error.status !== wrong.status) throw new Error(`status ${error.status} in place of ${wrong.status}`);
  if (wrong.code === '') return;
  const body = await parsed(error.body);
  if (!isRefusal.Check(body)) throw new Error(`an error of another shape: ${JSON.stringify(body)}`);
  const [resource] = (body as { resources: [{ errorMsg: string; reasons: [{ code: string; status: number }] }] }).resources;
  const [reason] = resource.reasons;
  if (reason.code !== wrong.code || reason.status !== wrong.status || !resource.errorMsg.endsWith(`(${wrong.code})`))
    throw new Error(`another reason: ${JSON.stringify(body)}`);
}

/** Restore answers as a stream, every other method as a text or as what was parsed. */
async function parsed(body: unknown): Promise<unknown> {
  if (typeof body === 'string') return body === '' ? '' : (JSON.parse(body) as unknown);
  if (typeof (body as { pipe?: unknown } | undefined)?.pipe !== 'function') return body ?? '';
  let text = '';
  for await (const chunk of body as AsyncIterable<Buffer>) text += String(chunk);
  return JSON.parse(text) as unknown;
}
