import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { answersOf, shownCode } from '../../src/contract/openapi/answers.ts';
import { describeOperations, tagOf, templateOf } from '../../src/contract/openapi/document.ts';
import { curlExample } from '../../src/contract/openapi/example.ts';
import { API_TITLES, INTRODUCTION } from '../../src/contract/openapi/texts.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { readVersion } from '../../src/server/operate/version.ts';

/** The pages, from the root of the checkout. */
export const OPENAPI_FILE = 'docs/reference/openapi.json';
export const OPERATIONS_PAGE = 'docs/reference/operations.md';

export function openapiFile(): string {
  return `${JSON.stringify(describeOperations(OPERATIONS, readVersion()), null, 2)}\n`;
}

/** Every operation on one page: address, rights, command, example, answers. A running server shows more of each at \`/docs\`. */
export function operationsPage(): string {
  const chapters = [...Map.groupBy(OPERATIONS, tagOf)].map(([feature, members]) => {
    const api = members[0] && API_TITLES[members[0].api];
    return `## ${feature}\n\n*${api}*\n\n${members.map(section).join('\n')}`;
  });
  return `# Operations

${INTRODUCTION}

The source is \`src/contract/operations.ts\`; this page and \`openapi.json\` beside it are written by \`npm run generate\`. A running server
shows them at \`/docs\` and \`/openapi.json\`. What the errors mean is in [errors.md](errors.md).

${chapters.join('\n')}`;
}

function section(operation: Operation): string {
  const { name, http, summary, action, cli } = operation;
  const { successes, errors } = answersOf(operation);
  const facts = [
    `\`${http.method} ${templateOf(http.path)}\``,
    http.aliases && `also at ${http.aliases.map((path) => `\`${templateOf(path)}\``).join(', ')}`,
    action === 'public' ? 'needs no token' : `needs \`${action}\``,
    cli && `\`rootward ${cli.command.join(' ')}\``,
  ];
  const answers = [...successes].map(([status, hasBody]) => `${status} ${hasBody ? 'with' : 'without'} a body`);
  const refusals = [...errors].map(
    ([status, codes]) => `${status} ${codes.map((code) => `\`${shownCode(operation, code)}\``).join(' ')}`,
  );
  return `### ${name}

${summary}

${facts.filter(Boolean).join(' · ')}

\`\`\`sh
${curlExample(operation)}
\`\`\`

Answers ${answers.join(', or ')}. Errors: ${refusals.join('; ')}.
`;
}

export function generateOperations(root: string): void {
  for (const [name, text] of [
    [OPENAPI_FILE, openapiFile()],
    [OPERATIONS_PAGE, operationsPage()],
  ] as const) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (import.meta.main) generateOperations(join(import.meta.dirname, '..', '..'));
