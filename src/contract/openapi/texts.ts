import type { Api } from '../operation.ts';

/** What the parameters are that many operations take. Header names as people write them. */
export const PARAMETER_TEXTS: Readonly<Record<string, string>> = {
  'Bluemix-Instance': 'GUID of the instance of the KMS provider',
  'X-Kms-Key-Ring': 'Only keys of this key ring; for a new key: the ring that it belongs to',
  Prefer: '`return=representation` or `return=minimal`',
  limit: 'Elements per page',
  offset: 'First element of the page, from 0',
  totalCount: 'Also say how many there are in all',
  id: 'Its id; for a key also one of its aliases',
  crn: 'CRN of the protected resource, percent-encoded',
  idOrName: 'Id or name of the cluster',
  cluster: 'Id or name of the cluster',
  force: 'Also where it is still in use',
  'X-Auth-Resource-Group': 'Id of the resource group',
  'X-Auth-Resource-Account': 'Id of the account; that of the token if absent',
};

export const API_TITLES: Readonly<Record<Api, string>> = {
  'key-protect': 'Key service',
  iam: 'IAM',
  'resource-controller': 'Resource controller',
  containers: 'Kubernetes service',
  rootward: 'This server',
};

export const INTRODUCTION = `Every operation of this server, on one origin. Rootward is compatible with the published clients of IBM Cloud's services; it is not
affiliated with IBM.

An access token comes from \`POST /identity/token\` with an API key. Bodies are JSON under any JSON media type, or under none. Every answer
carries \`Correlation-Id\` (your own, if you sent one; IAM and the resource controller say it in \`Transaction-Id\` too) and
\`Rootward-Server-Id\`. Unknown fields of a request are ignored. An answer with
429 or 503 may be asked again; after \`Retry-After\` seconds, where it has that header.`;
