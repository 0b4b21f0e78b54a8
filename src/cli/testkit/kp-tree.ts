/**
 * The commands of the other command line (`ibmcloud kp`, key-protect plugin) and their flags, which people and scripts know. Each word
 * of `flags` is `short/long`, `short` or `long`; `words` are the positional arguments.
 */
export interface KnownCommand {
  readonly command: string;
  readonly words?: readonly string[];
  readonly flags?: readonly string[];
}

const MATERIAL = ['-k/--key-material', '-n/--encrypted-nonce', '-v/--iv'] as const;

export const KP_COMMANDS: readonly KnownCommand[] = [
  { command: 'import-token create', flags: ['-e/--expiration', '-m/--max-retrievals'] },
  { command: 'import-token show' },
  { command: 'import-token key-encrypt', flags: ['-k/--key', '-p/--pubkey', '-a/--hash'] },
  { command: 'import-token nonce-encrypt', flags: ['-k/--key', '-n/--nonce', '-c/--cbc'] },
  {
    command: 'instance policies',
    flags: [
      '-p/--allowed-ip',
      '-a/--allowed-network',
      '-d/--dual-auth-delete',
      '-k/--key-create-import-access',
      '-m/--metrics',
      '-r/--rotation',
    ],
  },
  { command: 'instance policy-update allowed-network', flags: ['-d/--disable', '-e/--enable', '-t/--network-type'] },
  { command: 'instance policy-update dual-auth-delete', flags: ['-d/--disable', '-e/--enable'] },
  { command: 'instance policy-update rotation', flags: ['-d/--disable', '-e/--enable', '-m/--monthly-interval'] },
  { command: 'instance policy-update allowed-ip' },
  { command: 'instance policy-update key-create-import-access' },
  { command: 'instance policy-update metrics' },
  { command: 'key alias-create', words: ['id'], flags: ['-a/--alias'] },
  { command: 'key alias-delete', words: ['id'], flags: ['-a/--alias'] },
  {
    command: 'key create',
    words: ['name'],
    flags: [...MATERIAL, '-s/--standard-key', '-D/--description', '-a', '--sha1', '--key-ring'],
  },
  {
    command: 'key create-key-with-policy-overrides',
    words: ['name'],
    flags: [
      '-a/--aliases',
      '-d/--dual-auth-delete-policy-enabled',
      '-m/--rotation-interval-month',
      ...MATERIAL,
      '-s/--standard-key',
    ],
  },
  { command: 'key show', words: ['id'] },
  { command: 'key delete', words: ['id'], flags: ['-f/--force'] },
  { command: 'key restore', words: ['id'], flags: MATERIAL },
  { command: 'key purge', words: ['id'] },
  { command: 'key disable', words: ['id'] },
  { command: 'key enable', words: ['id'] },
  { command: 'key rotate', words: ['id'], flags: MATERIAL },
  { command: 'key wrap', words: ['id'], flags: ['-p/--plaintext', '-a/--aad'] },
  { command: 'key unwrap', words: ['id', 'ciphertext'], flags: ['-a/--aad'] },
  {
    command: 'key versions',
    words: ['id'],
    flags: ['-n/--number-of-key-versions', '-s/--starting-offset', '-t/--total-count', '-a/--all-key-states', '-r/--key-ring'],
  },
  { command: 'key policies', words: ['id'], flags: ['-d/--dual-auth', '-r/--rotation'] },
  { command: 'key policy-update dual-auth-delete', words: ['id'], flags: ['-e/--enable'] },
  { command: 'key policy-update rotation', words: ['id'], flags: ['-m/--monthly-interval', '--enable', '--disable'] },
  { command: 'key schedule-delete', words: ['id'] },
  { command: 'key cancel-delete', words: ['id'] },
  { command: 'key sync', words: ['id'] },
  { command: 'key update', words: ['id'], flags: ['-r/--new-key-ring'] },
  {
    command: 'keys',
    flags: [
      '-b/--sort-by',
      '-c/--crn',
      '-f/--key-filter',
      '-l/--key-search',
      '-n/--number-of-keys',
      '-s/--starting-offset',
      '-t/--key-type',
      '--key-states',
      '--key-ring',
    ],
  },
  { command: 'key-rings' },
  { command: 'key-ring create', words: ['id'] },
  { command: 'key-ring delete', words: ['id'], flags: ['-f/--force'] },
  { command: 'registrations', flags: ['-k/--key-id', '-c/--crn-query', '-r/--key-ring'] },
];

/** Commands of it that belong to what this server does not have. */
export const KP_NOT_SUPPORTED: readonly string[] = [
  'kmip adapter-create -p native_1.0 -k id -n name -d text',
  'kmip adapter id',
  'kmip adapters -n 1 -s 0 -t -k id',
  'kmip adapter-delete id -f -y',
  'kmip cert-create -a id -c @file -n name',
  'kmip cert id -a id',
  'kmip certs -a id -n 1 -s 0 -t',
  'kmip cert-delete id -a id',
  'kmip object id -a id',
  'kmip objects -a id -n 1 -s 0 -t -f 1',
  'kmip object-delete id -a id --force -y',
  'crypto-units',
  'crypto-unit claim',
  'crypto-unit zeroize',
  'crypto-unit master-key generate',
  'crypto-unit master-key import',
  'crypto-unit master-keys',
  'crypto-unit sig-key generate',
  'crypto-unit user add',
  'crypto-unit user remove',
  'crypto-unit users',
];
