import Type, { type Static } from 'typebox';
import { LifecycleConfig } from '../lifecycle.ts';
import { BackupConfig } from './backup-config.ts';
import { ClockConfig, JobsConfig } from './jobs-config.ts';
import { LimitsConfig } from './limits-config.ts';
import { LoginConfig } from './login-config.ts';
import { TokensConfig } from './tokens-config.ts';

const text = (description: string, value?: string) =>
  Type.String({ minLength: 1, description, ...(value !== undefined && { default: value }) });
const strict = { additionalProperties: false } as const;

/** Every setting of the server. A setting without a default is optional. */
export const ConfigSchema = Type.Object(
  {
    dataDir: text('Directory of the store, the audit log and hosted clusters', './.rootward'),
    dev: Type.Boolean({
      default: false,
      description: 'Keep seal and API key in the data directory, and stop clusters with the server',
    }),
    listen: text('HOST:PORT of the APIs and the console; plain HTTP only on loopback', '127.0.0.1:8480'),
    managementListen: Type.Optional(
      text(
        'HOST:PORT of /livez, /readyz and /metrics; by default port 8481, or any free one with --dev or where listen has port 0',
      ),
    ),
    store: Type.Object(
      {
        url: Type.Optional(
          text(
            'postgres://… of the database that several replicas share (a secret: it holds a password); by default SQLite in dataDir',
          ),
        ),
      },
      { ...strict, default: {} },
    ),
    replica: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
        description: 'Name of this server among the replicas of one database; by default an id that is kept in dataDir',
      }),
    ),
    privateListen: Type.Optional(
      text(
        'HOST:PORT of the same APIs for the private network, which network policies of instances let through; by default none',
      ),
    ),
    allowedIpPort: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'Port of the private network that clients are told, where it is not that of privateListen',
      }),
    ),
    trustedProxies: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'CIDRs of the proxies whose X-Forwarded-For says who asks; by default none',
    }),
    region: text('Region name in CRNs', 'us-south'),
    issuer: Type.Optional(
      text('`iss` of access tokens; by default <origin>/identity, or a name of the installation where replicas share a database'),
    ),
    logLevel: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
      default: 'info',
      description: 'How much is logged',
    }),
    tls: Type.Optional(Type.Object({ certFile: text('PEM certificate chain'), keyFile: text('PEM private key') }, strict)),
    seal: Type.Object(
      {
        kind: Type.Union([Type.Literal('file'), Type.Literal('dev')], {
          default: 'file',
          description: 'What opens the barrier key; --dev means dev',
        }),
        file: Type.Optional(text('Key file of the file seal, outside the data directory; by default <dataDir>.seal.key')),
      },
      { ...strict, default: {} },
    ),
    lifecycle: Type.Object({ ...LifecycleConfig.properties }, { ...strict, default: {} }),
    tokens: Type.Object({ ...TokensConfig.properties }, { ...strict, default: {} }),
    jobs: Type.Object({ ...JobsConfig.properties }, { ...strict, default: {} }),
    clock: Type.Object({ ...ClockConfig.properties }, { ...strict, default: {} }),
    backup: Type.Object({ ...BackupConfig.properties }, { ...strict, default: {} }),
    limits: Type.Object({ ...LimitsConfig.properties }, { ...strict, default: {} }),
    login: Type.Object({ ...LoginConfig.properties }, { ...strict, default: {} }),
    cache: Type.Object(
      {
        keys: Type.Integer({ minimum: 16, default: 20_000, description: 'Key records kept in memory' }),
        versions: Type.Integer({ minimum: 16, default: 20_000, description: 'Opened key versions kept in memory' }),
      },
      { ...strict, default: {} },
    ),
    clusters: Type.Object(
      {
        kubeApiserver: Type.Optional(text('Path of a kube-apiserver to use')),
        etcd: Type.Optional(text('Path of an etcd to use')),
        download: Type.Boolean({
          default: true,
          description: 'Fetch official releases of kube-apiserver and etcd where none is at hand',
        }),
        build: Type.Boolean({ default: true, description: 'Build them from their Go modules where nothing else is left' }),
        kubernetesReleaseUrl: Type.Optional(text('Base URL of Kubernetes releases, where not dl.k8s.io')),
        etcdReleaseUrl: Type.Optional(text('Base URL of etcd releases, where not GitHub')),
        kekLeaseSeconds: Type.Integer({
          minimum: 1,
          maximum: 86_400,
          default: 3600,
          description: 'How long a plugin may use an unwrapped local KEK without renewal',
        }),
        keyWatchSeconds: Type.Integer({
          minimum: 1,
          maximum: 3600,
          default: 5,
          description: 'How often the key of every cluster is looked at, beside events',
        }),
      },
      { ...strict, default: {} },
    ),
  },
  strict,
);
/** Settings with every default filled in. */
export type Config = Static<typeof ConfigSchema> & { readonly managementListen: string };
