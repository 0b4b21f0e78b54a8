import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERRORS, type ErrorRow } from '../../src/contract/errors.ts';

/** The page, from the root of the checkout. */
export const ERRORS_PAGE = 'docs/reference/errors.md';

const RETRY = {
  no: 'no',
  'after-login': 'after a new login',
  'after-delay': 'after a wait (`Retry-After`, where the reply has it)',
  yes: 'yes',
} as const satisfies Record<ErrorRow['retry'], string>;

const INTRODUCTION = `# Errors

Every error that Rootward gives, in one table. The source is \`src/contract/errors.ts\`; this page is written by \`npm run generate\`.

* **Code** is what our own API, the resource controller and the Kubernetes service show. **Key Protect** is the reason code and status
  of its API where they differ; every 401 of that API says the same and has no reason. **IAM** is the code of its API.
* **gRPC** is the status that the KMS provider gives to kube-apiserver, **Exit** the exit status of the command line.
* A reply may have a more exact sentence than the one here. It never contains a secret.
`;

/** The page of every error, for people and for the links in Key Protect's error bodies. */
export function errorsPage(): string {
  const rows = Object.entries(ERRORS as Readonly<Record<string, ErrorRow>>);
  return `${INTRODUCTION}\n${rows.map(([code, row]) => section(code, row)).join('\n')}`;
}

function section(code: string, row: ErrorRow): string {
  const reason = row.keyProtect?.reason;
  const keyProtect =
    row.keyProtect && `Key Protect: ${[reason && `\`${reason}\``, row.keyProtect.http ?? row.http].filter(Boolean).join(', ')}`;
  const facts = [
    `HTTP ${row.http}`,
    keyProtect,
    row.iam && `IAM: \`${row.iam}\``,
    `gRPC ${row.grpc}`,
    `Exit ${row.exit}`,
    `Try again: ${RETRY[row.retry]}`,
  ];
  return `${anchor(reason ?? code, code)}## ${code}\n\n${row.text}\n\n${facts.filter(Boolean).join(' · ')}\n`;
}

/** Error bodies link to their reason code, which is not the heading where Key Protect has a word of its own. */
function anchor(target: string, code: string): string {
  return target === code ? '' : `<a id="${target.toLowerCase()}"></a>\n\n`;
}

export function generateErrors(root: string): void {
  const file = join(root, ERRORS_PAGE);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, errorsPage());
}

if (import.meta.main) generateErrors(join(import.meta.dirname, '..', '..'));
