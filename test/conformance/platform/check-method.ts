import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Compile } from 'typebox/compile';
import type { Call, Refusal } from './clients.ts';
import { REFUSALS, type RefusalForm } from './common-shapes.ts';
import type { Elsewhere, MethodCase } from './method-case.ts';
import type { Scene } from './scene.ts';

/** Throws unless the right call of a method answers with the documented status and exactly the documented shape. */
export async function checkRightCall(call: Call, { right }: MethodCase, scene: Scene): Promise<void> {
  const answer = await call(await right.arguments(scene));
  if (answer.status !== right.status) throw new Error(`status ${answer.status} in place of ${right.status}`);
  for (const [name, form] of Object.entries(right.headers ?? {})) {
    const value = answer.headers[name];
    if (!form.test(value ?? '')) throw new Error(`header ${name} is ${value}`);
  }
  const body = answer.result ?? '';
  if (right.shape === 'none') {
    if (body !== '') throw new Error(`a body where there should be none: ${JSON.stringify(body)}`);
    return;
  }
  const shape = Compile(right.shape);
  if (shape.Check(body)) return;
  throw new Error(`another shape: ${JSON.stringify([...shape.Errors(body)].slice(0, 3))} in ${JSON.stringify(body)}`);
}

/** Throws unless the wrong call is refused with the documented status and code, in the shape of an error of that API. */
export async function checkWrongCall(call: Call, { wrong }: MethodCase, scene: Scene, usual: RefusalForm): Promise<void> {
  const error = await refusalOf(call, await wrong.arguments(scene));
  if (error.status !== wrong.status) throw new Error(`status ${error.status} in place of ${wrong.status}: ${error.message}`);
  if (wrong.code === 'none') {
    // The client writes the body that it got as JSON text.
    if (error.body !== '""') throw new Error(`a body where there should be none: ${JSON.stringify(error.body)}`);
    return;
  }
  const body = bodyOf(error);
  const shape = Compile(REFUSALS[wrong.form ?? usual]);
  if (!shape.Check(body)) throw new Error(`an error of another shape: ${JSON.stringify(body)}`);
  if (body.status_code !== wrong.status) throw new Error(`the body says ${JSON.stringify(body.status_code)}`);
  if (codeOf(body) !== wrong.code) throw new Error(`code ${codeOf(body)} in place of ${wrong.code}: ${JSON.stringify(body)}`);
}

const NOT_HERE: Readonly<Record<string, number>> = { ROUTE_NOT_FOUND: 404, METHOD_NOT_ALLOWED: 405, NOT_SUPPORTED: 501 };

/** Throws unless a method is refused as one that does not exist here, with whatever it is called. */
export async function checkElsewhere(
  call: Call,
  given: Readonly<Record<string, unknown>>,
  { refusal }: Elsewhere,
): Promise<void> {
  const error = await refusalOf(call, given);
  const code = codeOf(bodyOf(error)).toUpperCase();
  const expected = refusal ? { [refusal.code]: refusal.status } : NOT_HERE;
  if (expected[code] !== error.status) throw new Error(`${error.status} ${code}: ${error.message}`);
}

async function refusalOf(call: Call, given: Readonly<Record<string, unknown>>): Promise<Refusal> {
  const error = await call(given).then(
    () => undefined,
    (refused: Refusal) => refused,
  );
  if (error === undefined) throw new Error('the call was accepted');
  const { status, message, body } = error;
  if (status === undefined) throw new Error(`it was not sent: ${message}`);
  // Methods that download something leave it to the caller to read it.
  return { status, message, body: body instanceof Readable ? await text(body) : body };
}

/** As much of every form of a refusal as is looked into. */
interface RefusalBody {
  readonly status_code?: number;
  readonly errors?: readonly { readonly code: string }[];
  readonly error_code?: string;
  readonly code?: string;
}

function bodyOf({ body, status }: Refusal): RefusalBody {
  if (typeof body !== 'string' || !body.startsWith('{')) throw new Error(`${status} without a JSON body: ${String(body)}`);
  return JSON.parse(body) as RefusalBody;
}

function codeOf(body: RefusalBody): string {
  return body.errors?.[0]?.code ?? body.error_code ?? body.code ?? '';
}
