import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { temporaryPath } from './cache.ts';
import { extractMember } from './extract-member.ts';
import { type FinderDeps, NotFromHere } from './finder.ts';
import type { Program } from './programs.ts';
import { releaseUrls } from './release-urls.ts';

const CHECKSUM_LIMIT = 64 * 1024;
/** Silence of the server after which a download is given up. */
const IDLE_MS = 30_000;
const CONNECT_MS = 10_000;

/** Downloads and verifies the official release. Returns the path of an unfinished file; throws NotFromHere with the reason. */
export async function fromRelease(program: Program, deps: FinderDeps): Promise<string> {
  if (deps.settings.download?.enabled === false) throw new NotFromHere('downloads are switched off');
  const urls = releaseUrls(program, deps);
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: IDLE_MS, bodyTimeout: IDLE_MS, connect: { timeout: CONNECT_MS } });
  const download = await temporaryPath(`${program.name}.download`, deps);
  try {
    const get = (url: string): Promise<Response> => fetchOrPass(url, dispatcher, deps.signal);
    const wanted = checksumIn(await textOf(await get(urls.checksums), urls.checksums), urls.listedAs);
    if (wanted === null) throw new NotFromHere(`${urls.checksums} contains no checksum`);
    deps.report(`downloading ${program.name} ${program.version} from ${urls.file}`);
    const found = await save(await get(urls.file), download, urls.file);
    if (found !== wanted)
      throw new NotFromHere(`the checksum of ${urls.file} is wrong: the download is truncated or was changed`);
    if (urls.member === null) return download;
    const extracted = await temporaryPath(program.name, deps);
    await extractMember(download, urls.member, extracted);
    await rm(download, { force: true });
    return extracted;
  } catch (error) {
    await rm(download, { force: true });
    throw error instanceof NotFromHere ? error : new NotFromHere(`${urls.file}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

async function fetchOrPass(url: string, dispatcher: EnvHttpProxyAgent, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { dispatcher, redirect: 'follow', ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw new NotFromHere(`${url} cannot be reached (${reasonOf(error)})`, { cause: error });
  }
  if (!response.ok) throw new NotFromHere(`${url} answers ${response.status}`);
  if (url.startsWith('https:') && !response.url.startsWith('https:'))
    throw new NotFromHere(`${url} leads to a place without TLS`);
  return response;
}

async function textOf(response: Response, url: string): Promise<string> {
  const text = await response.text();
  if (text.length > CHECKSUM_LIMIT) throw new NotFromHere(`${url} is no list of checksums`);
  return text;
}

async function save(response: Response, path: string, url: string): Promise<string> {
  if (response.body === null) throw new NotFromHere(`${url} is empty`);
  const hash = createHash('sha256');
  await pipeline(
    Readable.fromWeb(response.body),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o700 }),
  );
  return hash.digest('hex');
}

/** A lone hex checksum, or the line of `listedAs` in the format of sha256sum. */
export function checksumIn(text: string, listedAs: string | null): string | null {
  for (const line of text.split('\n')) {
    const [checksum, name] = line.trim().split(/\s+/);
    if (checksum === undefined || !/^[0-9a-f]{64}$/i.test(checksum)) continue;
    if (listedAs === null || name?.replace(/^\*/, '') === listedAs) return checksum.toLowerCase();
  }
  return null;
}

/** fetch hides what happened in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
