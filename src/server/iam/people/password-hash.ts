import { scrypt, timingSafeEqual } from 'node:crypto';
import { inPasswordTurn } from './password-work.ts';

interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** 2^17 · 8 · 128 bytes of memory, as OWASP's password storage guide asks for scrypt. */
const COST: Cost = { ln: 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Longer ones are refused when they are set; at a login nothing is gained by hashing them. */
export const PASSWORD_BYTES = 256;

const TEXT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** What is stored of a password: scrypt's usual text form, `$scrypt$ln=17,r=8,p=1$salt$hash`. */
export async function hashPassword(password: string, randomBytes: (length: number) => Buffer): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${base64(salt)}$${base64(hash)}`;
}

/** Whether `password` is the one behind `stored`. Costs as much where there is none to compare with, and then is false. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const { cost, salt, hash } = (stored !== null && parse(stored)) || NOBODY;
  const fits = Buffer.byteLength(password.normalize('NFKC'), 'utf8') <= PASSWORD_BYTES;
  const derived = await derive(fits ? password : '', salt, cost);
  return timingSafeEqual(derived, hash) && fits && stored !== null;
}

/** Made with less work than hashes are made with now. */
export function isOutdated(stored: string): boolean {
  const { ln, r, p } = parse(stored)?.cost ?? COST;
  return ln !== COST.ln || r !== COST.r || p !== COST.p;
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  return inPasswordTurn(
    () =>
      new Promise((resolve, reject) => {
        // One password can be typed as different code points; all of them are the same password.
        scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 2 * 128 * N * r }, (error, hash) => {
          if (error) reject(error);
          else resolve(hash);
        });
      }),
  );
}

interface Parsed {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const NOBODY: Parsed = { cost: COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) };

/** Throws where a stored hash is not of the form that it was written in. */
function parse(stored: string): Parsed {
  const [, ln, r, p, salt = '', hash = ''] = TEXT.exec(stored) ?? [];
  if (hash === '') throw new Error('a stored password hash has an unknown form');
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
