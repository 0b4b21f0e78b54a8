/** Who may import whom. `from` is the folder (or file) of the importer; the longest one that fits decides. */
export interface Boundary {
  readonly from: string;
  /** Folders of `src/` beside its own. */
  readonly rooms: readonly string[];
  /** Packages, or `*` for any; `node:` for Node's own. */
  readonly packages: readonly string[];
}

/** What a feature of the server may use of the rest of the server: the frame that every request passes, never another feature. */
const SERVER_FRAME = [
  'src/server/audit/records/build-record.ts',
  'src/server/network/cidr.ts',
  'src/server/config.ts',
  'src/server/config/config-schema.ts',
  'src/server/events',
  'src/server/failpoint.ts',
  'src/server/handler.ts',
  'src/server/iam/decide/decision.ts',
  'src/server/iam/decide/service-authorization.ts',
  'src/server/instant.ts',
  'src/server/key-rows.ts',
  'src/server/lifecycle.ts',
  'src/server/log.ts',
  'src/server/config/login-config.ts',
  'src/server/pipeline.ts',
  'src/server/principal.ts',
  'src/server/target.ts',
];
const FOUNDATION = ['src/contract', 'src/crypto', 'src/store'];
const FEATURE = [...FOUNDATION, ...SERVER_FRAME];

export const BOUNDARIES: readonly Boundary[] = [
  // What crosses a wire runs in browsers too and stands alone.
  { from: 'src/contract', rooms: [], packages: ['typebox'] },
  // Key material: no SQL, no HTTP.
  { from: 'src/crypto', rooms: ['src/contract'], packages: ['node:'] },
  // Never sees a plaintext key, so it never gets at one.
  { from: 'src/store', rooms: ['src/contract'], packages: ['kysely'] },
  { from: 'src/store/engines/postgres.ts', rooms: ['src/contract', 'src/store'], packages: ['kysely', 'pg'] },
  { from: 'src/store/engines/sqlite.ts', rooms: ['src/store'], packages: ['kysely', 'node:sqlite'] },
  { from: 'src/client', rooms: ['src/contract'], packages: ['typebox'] },
  // The part of it that runs in processes only.
  { from: 'src/client/companion', rooms: ['src/contract'], packages: ['node:', 'undici'] },
  { from: 'src/kms-plugin', rooms: ['src/contract', 'src/client', 'src/crypto'], packages: ['*'] },
  { from: 'src/cluster-agent', rooms: ['src/contract', 'src/client', 'src/controlplane'], packages: ['*'] },
  { from: 'src/controlplane', rooms: ['src/contract', 'src/client'], packages: ['*'] },
  {
    from: 'src/cli',
    rooms: [
      'src/contract',
      'src/client',
      'src/server/main.ts',
      'src/server/config.ts',
      'src/server/operate',
      'src/controlplane/binaries',
    ],
    packages: ['*'],
  },
  { from: 'src/main.ts', rooms: ['src'], packages: ['*'] },
  { from: 'src/server', rooms: [...FOUNDATION, 'src/server'], packages: ['*'] },
  { from: 'src/server/kms', rooms: FEATURE, packages: ['node:'] },
  { from: 'src/server/events', rooms: [...FEATURE, 'src/server/kms'], packages: ['node:'] },
  { from: 'src/server/iam', rooms: [...FEATURE, 'src/server/iam'], packages: ['node:', 'jose'] },
  { from: 'src/server/iam/login', rooms: [...FEATURE, 'src/server/iam'], packages: ['node:', 'openid-client'] },
  { from: 'src/server/resources', rooms: FEATURE, packages: ['node:'] },
  { from: 'src/server/backups', rooms: FEATURE, packages: ['node:', 'typebox', 'prom-client'] },
  { from: 'src/server/clusters', rooms: [...FEATURE, 'src/server/iam/api-keys'], packages: ['node:', 'typebox'] },
  { from: 'src/server/compose.ts', rooms: ['src'], packages: ['*'] },
  { from: 'src/server/hosting.ts', rooms: ['src'], packages: ['*'] },
  { from: 'src/server/main.ts', rooms: ['src'], packages: ['*'] },
];
