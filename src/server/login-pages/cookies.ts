import { timingSafeEqual } from 'node:crypto';

/** The two cookies of a login. Neither outlives it, and no script sees them. */
export interface LoginCookies {
  /** The sealed attempt that the browser keeps while it is at the provider: it comes back from another site. */
  readonly attempt: Cookie;
  /** What a form of ours repeats, so that no other site can send it. */
  readonly form: Cookie;
}

export interface Cookie {
  /** The `Set-Cookie` header that keeps `value`. */
  set(value: string, seconds: number): string;
  /** The one that forgets it. */
  clear(): string;
  /** Its value in a `Cookie` header. */
  read(header: string | undefined): string | undefined;
}

/** Over TLS with the prefix that keeps other hosts of the domain from setting them. */
export function loginCookies(isSecure: boolean): LoginCookies {
  const prefix = isSecure ? '__Host-rootward' : 'rootward';
  const cookie = (name: string, sameSite: 'Lax' | 'Strict'): Cookie => {
    const full = `${prefix}-${name}`;
    const attributes = `Path=/; HttpOnly; SameSite=${sameSite}${isSecure ? '; Secure' : ''}`;
    return {
      set: (value, seconds) => `${full}=${value}; Max-Age=${seconds}; ${attributes}`,
      clear: () => `${full}=; Max-Age=0; ${attributes}`,
      read: (header) => valueIn(header, full),
    };
  };
  return { attempt: cookie('login', 'Lax'), form: cookie('form', 'Strict') };
}

/** Undefined also where there are two of that name: one of them is not ours. */
function valueIn(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** Compares without telling how much is right. */
export function isSameText(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined || wanted === '') return false;
  const [a, b] = [Buffer.from(given, 'utf8'), Buffer.from(wanted, 'utf8')];
  return a.length === b.length && timingSafeEqual(a, b);
}
