import type { Static } from 'typebox';
import type { RootwardError } from '../../contract/errors.ts';
import type { LoginReply } from '../../contract/login/provider.ts';
import { type Html, html } from '../reference/html.ts';
import { STYLE } from './style.ts';

/** What a page that begins logins knows of its reader's wishes. */
export interface Wishes {
  readonly returnTo: 'passcode' | 'console';
  readonly account?: string | undefined;
}

/** Where the browser goes to begin a login. */
export function authorizeAddress(provider: string, { returnTo, account }: Wishes): string {
  const query = new URLSearchParams({ provider, return_to: returnTo, ...(account !== undefined && { account }) });
  return `/identity/authorize?${query.toString()}`;
}

/** The ways to log in. `token` is what the form proves with that it comes from this page. */
export function choicePage(
  providers: readonly { readonly name: string; readonly label: string }[],
  { wishes, token }: { readonly wishes: Wishes; readonly token: string },
): string {
  return page(
    'Log in',
    html`<h1>Log in to Rootward</h1>
${
  providers.length > 0 &&
  html`<ul>${providers.map(({ name, label }) => html`<li><a class="choice" href="${authorizeAddress(name, wishes)}">Continue with ${label}</a></li>`)}</ul>
<h2>Or with a password of this server</h2>`
}
<form method="post" action="/identity/login/form">
<input type="hidden" name="form" value="${token}">
<input type="hidden" name="return_to" value="${wishes.returnTo}">
${wishes.account !== undefined && html`<input type="hidden" name="account" value="${wishes.account}">`}
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" maxlength="254" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required>
<button type="submit">Log in</button>
</form>`,
  );
}

/** The passcode, once. `provider`: by which the reader can log in to another of the accounts. */
export function passcodePage(reply: Static<typeof LoginReply>, provider: string | undefined): string {
  const others = reply.accounts.filter(({ id }) => id !== reply.account.id);
  const address = (account: string): string => {
    const wishes = { returnTo: 'passcode', account } as const;
    return provider === undefined
      ? `/identity/passcode?${new URLSearchParams({ account }).toString()}`
      : authorizeAddress(provider, wishes);
  };
  return page(
    'Your passcode',
    html`<h1>Your one-time passcode</h1>
<p>You are logged in as ${reply.name} in the account ${reply.account.name} <span class="soft">(${reply.account.id})</span>.</p>
<pre class="passcode" id="passcode">${reply.passcode}</pre>
<p>Use it on the command line within ${Math.floor(reply.expires_in / 60)} minutes, once:</p>
<pre><code>rootward login --sso --passcode ${reply.passcode}</code></pre>
<p class="soft">Whoever has this passcode can act as you. Give it to nobody, also not to somebody who asks for it.</p>
${
  others.length > 0 &&
  html`<h2>Your other accounts</h2>
<ul>${others.map(({ id, name }) => html`<li><a class="choice" href="${address(id)}">${name} <span class="soft">(${id})</span></a></li>`)}</ul>`
}`,
  );
}

/** What went wrong, and how to go on. */
export function errorPage(error: RootwardError, correlationId: string): string {
  return page(
    'Not logged in',
    html`<h1>You are not logged in</h1>
<div class="bad" role="alert"><p>${error.message}</p>${error.hint !== undefined && html`<p>${error.hint}</p>`}</div>
<p><a href="/identity/passcode">Begin again</a></p>
<p class="soft">For the administrator: <code>${error.code}</code>, correlation id <code>${correlationId}</code></p>`,
  );
}

function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Rootward</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.html;
}
