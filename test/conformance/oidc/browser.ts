/** As much of a browser as a login takes: it keeps cookies by host and path, follows what it is told, and never shows them. */
export interface Browser {
  /** One request, without following. A request to `ours` is answered by the server of the test. */
  open(url: string, form?: Readonly<Record<string, string>>): Promise<Visited>;
  cookies: Map<string, KeptCookie>;
}

export interface Visited {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Where it leads, absolute. */
  readonly location: string | undefined;
}

interface KeptCookie {
  readonly origin: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

export function createBrowser(): Browser {
  const cookies = new Map<string, KeptCookie>();
  return {
    cookies,
    async open(url, form) {
      const { origin, pathname } = new URL(url);
      const sent = [...cookies.values()].filter((cookie) => cookie.origin === origin && pathname.startsWith(cookie.path));
      const response = await fetch(url, {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: { cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') },
        ...(form && { body: new URLSearchParams(form) }),
      });
      for (const line of response.headers.getSetCookie()) keep(cookies, origin, line);
      const to = response.headers.get('location');
      return {
        url,
        status: response.status,
        headers: response.headers,
        body: await response.text(),
        location: to === null ? undefined : new URL(to, url).href,
      };
    },
  };
}

function keep(cookies: Map<string, KeptCookie>, origin: string, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  const of = (wanted: string): string | undefined =>
    attributes.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  const path = of('path') ?? '/';
  const key = `${origin} ${path} ${name}`;
  const isOver = of('max-age') === '0' || Date.parse(of('expires') ?? '') < Date.now();
  if (isOver) cookies.delete(key);
  else cookies.set(key, { origin, path, name, value });
}

/** Goes from the provider's page back to ours as `person`, saying yes to everything; the address of our callback. */
export async function logInAtProvider(browser: Browser, start: string, person: string): Promise<string> {
  const issuer = new URL(start).origin;
  let next = start;
  for (let steps = 0; steps < 12; steps += 1) {
    const page = await browser.open(next);
    const form = /<form[^>]* action="([^"]+)"/.exec(page.body)?.[1];
    const answered = form === undefined ? page : await browser.open(new URL(form, next).href, fields(page.body, person));
    if (answered.location === undefined)
      throw new Error(`the provider answered ${answered.status}: ${answered.body.slice(0, 500)}`);
    if (new URL(answered.location).origin !== issuer) return answered.location;
    next = answered.location;
  }
  throw new Error('the provider does not come to an end');
}

function fields(page: string, person: string): Record<string, string> {
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
  return prompt === 'login' ? { prompt, login: person, password: 'any' } : { prompt };
}
