/**
 * The baseline of `bench/create.ts`: what the engine makes of durable commits without us. Inserts rows of `BYTES` bytes, one commit
 * after the other, each of one row, and prints the seconds it took as JSON. `engine-commits.ts PLACE AMOUNT BYTES`, where PLACE is a
 * file of SQLite or `postgres://…`
 */
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

const [place = '', amount = '0', bytes = '0'] = process.argv.slice(2);
const content = Buffer.alloc(Number(bytes), 'x');
const CREATE = 'CREATE TABLE IF NOT EXISTS bench_rows (id TEXT PRIMARY KEY, content BYTEA NOT NULL)';
const ids = Array.from({ length: Number(amount) }, () => crypto.randomUUID());

async function insertAll(insert: (id: string) => unknown): Promise<number> {
  const started = performance.now();
  for (const id of ids) await insert(id);
  return (performance.now() - started) / 1000;
}

async function onPostgres(): Promise<number> {
  const client = new pg.Client({ connectionString: place });
  await client.connect();
  await client.query('SET synchronous_commit = on');
  await client.query(CREATE);
  const insert = { name: 'insert', text: 'INSERT INTO bench_rows VALUES ($1, $2)' };
  const seconds = await insertAll((id) => client.query({ ...insert, values: [id, content] }));
  await client.query('DROP TABLE bench_rows');
  await client.end();
  return seconds;
}

async function onSqlite(): Promise<number> {
  const database = new DatabaseSync(place);
  for (const pragma of [
    'journal_mode=WAL',
    'synchronous=FULL',
    'secure_delete=ON',
    'cache_size=-65536',
    'wal_autocheckpoint=4096',
  ])
    database.exec(`PRAGMA ${pragma}`);
  database.exec(CREATE);
  const insert = database.prepare('INSERT INTO bench_rows VALUES (?, ?)');
  const seconds = await insertAll((id) => insert.run(id, content));
  database.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${place}${suffix}`, { force: true });
  return seconds;
}

const seconds = await (place.startsWith('postgres') ? onPostgres() : onSqlite());
process.stdout.write(JSON.stringify({ seconds }));
