import { STATUS_CODES } from 'node:http';
import type { RootwardError } from '../../contract/errors.ts';

const MORE_INFO = 'https://github.com/rootward/rootward/blob/main/docs/reference/errors.md';
const UNAUTHORIZED = 'Unauthorized: The user does not have access to the specified resource';

export interface KeyProtectErrorBody {
  readonly metadata: { readonly collectionType: string; readonly collectionTotal: number };
  readonly resources: readonly [
    {
      readonly errorMsg: string;
      readonly reasons?: readonly {
        code: string;
        message: string;
        status: number;
        moreInfo: string;
        target?: { type: string; name: string };
      }[];
    },
  ];
}

/** The status under which Key Protect's API shows an error. */
export function keyProtectStatus(error: RootwardError): number {
  return error.row.keyProtect?.http ?? error.row.http;
}

/**
 * The error body of Key Protect's API. Clients look for the reason code in `reasons` or in `errorMsg`, so it is in both. Every 401 says
 * the same, whether a token, a role or an instance is missing: nobody learns what exists. The network is named only to those who may
 * use the instance; else they would look for the fault in their roles.
 */
export function keyProtectErrorBody(error: RootwardError): KeyProtectErrorBody {
  const status = keyProtectStatus(error);
  const metadata = { collectionType: 'application/vnd.ibm.kms.error+json', collectionTotal: 1 };
  if (status === 401) {
    const errorMsg = error.code === 'NETWORK_DENIED' ? `Unauthorized: ${error.message}` : UNAUTHORIZED;
    return { metadata, resources: [{ errorMsg }] };
  }
  const code = error.row.keyProtect?.reason ?? error.code;
  const reason = {
    code,
    message: error.message,
    status,
    moreInfo: `${MORE_INFO}#${code.toLowerCase()}`,
    ...(error.target && { target: { ...error.target } }),
  };
  return { metadata, resources: [{ errorMsg: `${STATUS_CODES[status]}: ${error.message} (${code})`, reasons: [reason] }] };
}
