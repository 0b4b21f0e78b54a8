import {
  type CipherGCMTypes,
  constants,
  createCipheriv,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RootwardError } from '../../../contract/errors.ts';
import { addOutputFlags } from '../../common-flags.ts';
import type { Io } from '../../io.ts';
import { parseFormat, printAnswer } from '../../output/print.ts';
import { show } from '../../output/view.ts';
import { commandAt } from '../../tree/command-path.ts';
import { addExamples } from '../../tree/help-text.ts';
import type { CommandParts } from '../command-parts.ts';

const HASHES: Readonly<Record<string, string>> = { SHA1: 'sha1', SHA256: 'sha256' };
const AES_BITS: ReadonlySet<number> = new Set([128, 192, 256]);
const FROM_FILE = 'base64, or @FILE that holds it';

/**
 * `kp import-token key-encrypt` and `nonce-encrypt`: what a person does to bring a root key of their own. Nothing is sent: the material
 * stays on this machine, and only what is encrypted for the import token leaves it.
 */
export function addImportTokenEncryption(parts: CommandParts): void {
  addKeyEncrypt(parts);
  addNonceEncrypt(parts);
}

function addKeyEncrypt({ program, io }: CommandParts): void {
  const command = commandAt(program, ['kp', 'import-token', 'key-encrypt'])
    .description('Encrypt key material with the public key of an import token; nothing is sent')
    .requiredOption('-k, --key <base64>', `the key material: ${FROM_FILE}`)
    .requiredOption('-p, --pubkey <base64>', `the payload of the import token: ${FROM_FILE}`)
    .option('-a, --hash <name>', 'SHA256, or SHA1 for Hyper Protect Crypto Services', 'SHA256');
  addExamples(addOutputFlags(command), ['kp import-token key-encrypt -k @root.key -p @token.pub']);
  command.action(async (flags: Readonly<Record<'key' | 'pubkey' | 'hash' | 'output', string>>) => {
    const oaepHash = HASHES[flags.hash.toUpperCase().replace('-', '')];
    if (oaepHash === undefined) throw usage('--hash must be SHA256 or SHA1.');
    const material = materialIn(flags.key, io);
    const encrypted = publicEncrypt(
      { key: publicKeyIn(flags.pubkey, io), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash },
      material.export(),
    );
    const answer = { encryptedKey: encrypted.toString('base64') };
    await printAnswer(answer, show.page([show.field('Encrypted key', 'encryptedKey')]), parseFormat(flags.output), io);
  });
}

function addNonceEncrypt({ program, io }: CommandParts): void {
  const command = commandAt(program, ['kp', 'import-token', 'nonce-encrypt'])
    .description('Encrypt the nonce of an import token with key material; nothing is sent')
    .requiredOption('-k, --key <base64>', `the key material: ${FROM_FILE}`)
    .requiredOption('-n, --nonce <base64>', `the nonce of the import token: ${FROM_FILE}`)
    .option('-c, --cbc', 'as Hyper Protect Crypto Services wants it: AES-CBC instead of AES-GCM');
  addExamples(addOutputFlags(command), ['kp import-token nonce-encrypt -k @root.key -n 9gDAfHkH0iRTK5lP']);
  command.action(async (flags: Readonly<Record<'key' | 'nonce' | 'output', string>> & { readonly cbc?: boolean }) => {
    const material = materialIn(flags.key, io);
    const nonce = bytesIn(flags.nonce, '--nonce', io);
    const answer = flags.cbc ? encryptCbc(material, nonce) : encryptGcm(material, nonce);
    const view = show.page([show.field('Encrypted nonce', 'encryptedNonce'), show.field('IV', 'iv')]);
    await printAnswer(answer, view, parseFormat(flags.output), io);
  });
}

const bitsOf = (material: KeyObject): number => (material.symmetricKeySize ?? 0) * 8;

function encryptGcm(material: KeyObject, nonce: Buffer) {
  const iv = randomBytes(12);
  const cipher = createCipheriv(`aes-${bitsOf(material)}-gcm` as CipherGCMTypes, material, iv, { authTagLength: 16 });
  const encrypted = Buffer.concat([cipher.update(nonce), cipher.final(), cipher.getAuthTag()]);
  return { encryptedNonce: encrypted.toString('base64'), iv: iv.toString('base64') };
}

function encryptCbc(material: KeyObject, nonce: Buffer) {
  const iv = randomBytes(16);
  const cipher = createCipheriv(`aes-${bitsOf(material)}-cbc`, material, iv);
  return { encryptedNonce: Buffer.concat([cipher.update(nonce), cipher.final()]).toString('base64'), iv: iv.toString('base64') };
}

function materialIn(given: string, io: Io): KeyObject {
  const bytes = bytesIn(given, '--key', io);
  const material = createSecretKey(bytes);
  bytes.fill(0);
  if (AES_BITS.has(bitsOf(material))) return material;
  throw usage('--key must be base64 of 16, 24 or 32 bytes.');
}

/** The payload of an import token is base64 of a PEM text; the PEM text itself is taken, too. */
function publicKeyIn(given: string, io: Io): KeyObject {
  const text = textIn(given, io);
  const pem = text.startsWith('-----') ? text : Buffer.from(text, 'base64').toString('utf8');
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new RootwardError('USAGE', {
      message: '--pubkey is not the public key of an import token.',
      hint: 'It is the payload that `rootward kp import-token show` prints.',
      cause,
    });
  }
}

function bytesIn(given: string, flag: string, io: Io): Buffer {
  const text = textIn(given, io);
  const bytes = Buffer.from(text, 'base64');
  // What is not base64 is skipped by Node without a word. A wrong value is never repeated: it may be the material.
  if (bytes.length > 0 && bytes.toString('base64') === text) return bytes;
  throw usage(`${flag} must be base64.`);
}

/** A secret in a flag is seen by every process of the machine; one in a file is not. */
function textIn(given: string, { cwd }: Io): string {
  if (!given.startsWith('@')) return given;
  const file = resolve(cwd, given.slice(1));
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new RootwardError('USAGE', { message: `The file ${file} cannot be read.`, cause });
  }
}

const usage = (message: string): RootwardError => new RootwardError('USAGE', { message });
