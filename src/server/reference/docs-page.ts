import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import { answersOf, shownCode, statusIn } from '../../contract/openapi/answers.ts';
import { tagOf, templateOf } from '../../contract/openapi/document.ts';
import { errorBodyOf } from '../../contract/openapi/error-bodies.ts';
import { curlExample } from '../../contract/openapi/example.ts';
import { fieldsOf, typeText } from '../../contract/openapi/fields.ts';
import { API_TITLES, INTRODUCTION, PARAMETER_TEXTS } from '../../contract/openapi/texts.ts';
import type { Operation } from '../../contract/operation.ts';
import { STYLE } from './docs-style.ts';
import { type Html, html, inline, prose } from './html.ts';

/** Where a field is that deep, the page stops indenting. */
const DEEPEST = 5;

/** The reference as one page for people: no script, and nothing from anywhere else. */
export function docsPage(operations: readonly Operation[], version: string): string {
  const features = Map.groupBy(operations, tagOf);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rootward API</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<nav aria-label="Operations">
<a href="/">Rootward</a> · <a href="#errors">Errors</a> · <a href="/openapi.json">OpenAPI 3.1</a>
${[...features].map(([feature, members]) => contents(feature, members))}
</nav>
<main>
<h1>Rootward API</h1>
<p class="soft">Version ${version}</p>
${prose(INTRODUCTION)}
${errorsOfEveryRequest(operations)}
${[...features].map(([feature, members]) => chapter(feature, members))}
</main>
</body>
</html>
`.html;
}

function contents(feature: string, members: readonly Operation[]): Html {
  return html`<h2>${feature}</h2>
<ul>${members.map(({ name, summary }) => html`<li><a href="#${name}" title="${summary}">${name.slice(feature.length + 1)}</a></li>`)}</ul>
`;
}

function chapter(feature: string, members: readonly Operation[]): Html {
  const api = members[0] && API_TITLES[members[0].api];
  return html`<h2 id="${feature}">${feature} <span class="soft">${api}</span></h2>
${members.map(section)}`;
}

function section(operation: Operation): Html {
  const { name, http, summary, action, cli } = operation;
  const { successes } = answersOf(operation);
  return html`<section id="${name}">
<h3>${summary}</h3>
<p class="address"><span class="method">${http.method}</span> <code>${templateOf(http.path)}</code></p>
${http.aliases && html`<p class="soft">Also at ${http.aliases.map((path) => html`<code>${templateOf(path)}</code> `)}</p>`}
<p class="soft">${action === 'public' ? 'Needs no token.' : html`Needs <code>${action}</code>.`}${cli && html` On the command line: <code>rootward ${cli.command.join(' ')}</code>.`}</p>
${parameters(operation)}
${operation.input.body && fields('Body', operation.input.body)}
<h4>Example</h4>
<pre><code>${curlExample(operation)}</code></pre>
<h4>Answer</h4>
<p>${[...successes].map(([status, hasBody]) => html`<code>${status}</code> ${hasBody ? 'with a body' : 'without a body'}. `)}</p>
${operation.output && [...successes.values()].includes(true) && folded('Fields of the answer', operation.output)}
<p class="soft">Errors: ${operation.errors.length > 0 && 'its own below, and '}<a href="#errors">those of every request</a>.</p>
${operation.errors.length > 0 && html`<div class="wide"><table>${operation.errors.map((code) => errorRow(operation, code))}</table></div>`}
</section>
`;
}

function parameters({ http, input }: Operation): Html | undefined {
  const parts = [
    ['path', input.params],
    ['query', input.query],
    ['header', input.headers],
  ] as const;
  const rows = parts.flatMap(([where, part]) =>
    Object.entries(part?.properties ?? {}).map(([name, schema]) => {
      const shown = where === 'header' ? name.replaceAll(/(^|-)\w/g, (text) => text.toUpperCase()) : name;
      const required =
        http.path.includes(`:${name}`) || (part?.required as readonly string[] | undefined)?.includes(name) === true;
      return html`<tr><td><code>${shown}</code></td><td>${where}${required && ', required'}</td><td>${typeText(schema)}</td><td>${inline(PARAMETER_TEXTS[shown] ?? '')}</td></tr>
`;
    }),
  );
  if (rows.length === 0) return undefined;
  return html`<h4>Parameters</h4><div class="wide"><table>${rows}</table></div>`;
}

function fields(title: string, schema: unknown): Html {
  return html`<h4>${title}</h4><div class="wide"><table>${fieldRows(schema)}</table></div>`;
}

function folded(title: string, schema: unknown): Html {
  return html`<details><summary>${title}</summary><div class="wide"><table>${fieldRows(schema)}</table></div></details>`;
}

function fieldRows(schema: unknown): Html[] {
  return fieldsOf(schema).map(
    ({ depth, name, type, required, description }) =>
      html`<tr><td class="d${Math.min(depth, DEEPEST)}"><code>${name}</code></td><td>${required ? 'required' : ''}</td><td>${type}</td><td>${description}</td></tr>
`,
  );
}

/** Refusals on the way to an operation, which nearly all operations with the same form of errors have in common. */
function errorsOfEveryRequest(operations: readonly Operation[]): Html {
  const byForm = Map.groupBy(operations, errorBodyOf);
  return html`<h2 id="errors">Errors of every request</h2>
${[...byForm.values()].map(commonErrors)}`;
}

function commonErrors(members: readonly Operation[]): Html {
  const titles = new Set(
    members.map((one) => `${API_TITLES[one.api]}${one.http.path.startsWith('/identity/') ? ': tokens' : ''}`),
  );
  // Which operation asks makes no difference to a common error, so the last one that has it stands for all.
  const those = new Map(members.flatMap((one) => errorsBeforeIt(one).map((code) => [code, one] as const)));
  const rows = [...those].sort(([a, one], [b, other]) => statusIn(one.api, a) - statusIn(other.api, b));
  return html`<details><summary>${[...titles].join(', ')}</summary><div class="wide"><table>${rows.map(([code, one]) => errorRow(one, code))}</table></div></details>
`;
}

function errorsBeforeIt(operation: Operation): ErrorCode[] {
  return [...answersOf(operation).errors.values()].flat().filter((code) => !operation.errors.includes(code));
}

function errorRow(operation: Operation, code: ErrorCode): Html {
  const status = statusIn(operation.api, code);
  return html`<tr><td><code>${status}</code></td><td><code>${shownCode(operation, code)}</code></td><td>${ERRORS[code].text}</td></tr>
`;
}
