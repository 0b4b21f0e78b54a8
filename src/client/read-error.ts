import { ERRORS, type ErrorCode, type ErrorDetails, type ErrorRow, RootwardError } from '../contract/errors.ts';

/** One error reply: its status, its body as JSON (undefined: it had none), and the id under which the server logged it. */
export interface ErrorReply {
  readonly status: number;
  readonly body: unknown;
  readonly correlationId?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;
type Target = ErrorDetails['target'];

interface Said {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly target?: Target;
}

/** Turns an error reply of any of the APIs back into the error that the server threw. */
export function readError(reply: ErrorReply): RootwardError {
  const said = keyProtect(reply.body) ?? containers(reply.body) ?? iam(reply.body) ?? token(reply.body) ?? resource(reply.body);
  const code = (said?.code !== undefined && codeOf(said.code)) || codeOfStatus(reply.status);
  const id = reply.correlationId;
  const hint = said?.hint ?? (code === 'INTERNAL' && id !== undefined ? `The server's log has it under ${id}.` : undefined);
  return new RootwardError(code, {
    message: said?.message ?? `The server answered with status ${reply.status}.`,
    ...(hint !== undefined && { hint }),
    ...(said?.target && { target: said.target }),
  });
}

/** `resources[0].reasons[0]`; a 401 has only `errorMsg`, because it must not tell what exists. */
function keyProtect(body: unknown): Said | undefined {
  const first = firstOf(record(body)?.resources);
  if (first?.errorMsg === undefined) return undefined;
  const reason = firstOf(first.reasons);
  if (!reason)
    return { code: 'ACTION_DENIED', message: text(first.errorMsg), hint: 'Check the instance id and your roles on it.' };
  return { code: text(reason.code), message: text(reason.message), target: targetOf(reason.target) };
}

function containers(body: unknown): Said | undefined {
  const said = record(body);
  if (said?.incidentID === undefined) return undefined;
  const { code, description, recoveryCLI, target } = said;
  return { code: text(code), message: text(description), hint: text(recoveryCLI), target: targetOf(target) };
}

function iam(body: unknown): Said | undefined {
  const first = firstOf(record(body)?.errors);
  return (
    first && {
      code: text(first.code),
      message: text(first.message),
      hint: text(first.more_info),
      target: targetOf(first.target),
    }
  );
}

function token(body: unknown): Said | undefined {
  const said = record(body);
  return said?.errorCode === undefined ? undefined : { code: text(said.errorCode), message: text(said.errorMessage) };
}

function resource(body: unknown): Said | undefined {
  const said = record(body);
  if (said?.error_code === undefined) return undefined;
  const { error_code, message, hint, target } = said;
  return { code: text(error_code), message: text(message), hint: text(hint), target: targetOf(target) };
}

/** The code by its own name, by Key Protect's reason, by IAM's or the resource controller's; where several rows share one, the first. */
function codeOf(name: string): ErrorCode | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(ERRORS, upper)) return upper as ErrorCode;
  return (Object.keys(ERRORS) as ErrorCode[]).find((code) => {
    const row: ErrorRow = ERRORS[code];
    return row.iam === name || row.keyProtect?.reason === name || row.resourceController === name;
  });
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'ACTION_DENIED';
  if (status === 404) return 'ROUTE_NOT_FOUND';
  if (status === 429) return 'OVERLOADED';
  if (status === 501) return 'NOT_SUPPORTED';
  if (status === 502 || status === 503 || status === 504) return 'SERVER_UNREACHABLE';
  return status >= 500 ? 'INTERNAL' : 'INVALID_FIELD';
}

function record(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function firstOf(value: unknown): Json | undefined {
  return Array.isArray(value) ? record(value[0]) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function targetOf(value: unknown): Target {
  const target = record(value);
  const type = target?.type;
  const name = text(target?.name);
  if (name === undefined || (type !== 'field' && type !== 'query_param' && type !== 'header')) return undefined;
  return { type, name };
}
