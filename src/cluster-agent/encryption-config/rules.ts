/** The rules by which kube-apiserver accepts an EncryptionConfiguration, checked before the file is written. */
import { RootwardError } from '../../contract/errors.ts';
import type { EncryptionConfiguration, KmsProvider, Provider } from './encryption-config.ts';

/** `sun_path` holds 108 bytes with its end mark. */
const MAX_SOCKET_PATH = 107;
const AES_KEY_BYTES = [16, 24, 32];
const SECRETBOX_KEY_BYTES = [32];
const WITHOUT_REST = new Set(['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations']);
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** @throws RootwardError ENCRYPTION_CONFIG naming the place and the rule. */
export function checkRules(config: EncryptionConfiguration): void {
  if (config.resources.length === 0) refuse('resources', 'needs at least one entry');
  const kmsNames = new Set<string>();
  for (const [index, entry] of config.resources.entries()) {
    const place = `resources.${index}`;
    if (entry.resources.length === 0) refuse(`${place}.resources`, 'needs at least one resource');
    if (entry.providers.length === 0) refuse(`${place}.providers`, 'needs at least one provider');
    for (const resource of entry.resources) checkResource(`${place}.resources`, resource);
    checkOverlap(`${place}.resources`, entry.resources);
    for (const [position, provider] of entry.providers.entries())
      checkProvider(`${place}.providers.${position}`, provider, kmsNames);
  }
}

function checkResource(place: string, resource: string): void {
  const { name, group } = groupResource(resource);
  if (resource !== resource.toLowerCase()) refuse(place, `names ${resource}; capital letters are not allowed`);
  if (resource === '*') refuse(place, 'names *; write *. for the core group or *.* for everything');
  if (name === '') refuse(place, 'contains an empty name');
  if (WITHOUT_REST.has(resource)) refuse(place, `names ${resource}, which has no REST API`);
  if (group === 'events.k8s.io') refuse(place, `names ${resource}; events are stored as "events"`);
  if (group === 'extensions') refuse(place, `names ${resource}; the group extensions does not exist any more`);
  if (group === '*' && name !== '*') refuse(place, `names ${resource}; one resource across all groups is not supported`);
}

function checkOverlap(place: string, resources: readonly string[]): void {
  if (new Set(resources).size !== resources.length) refuse(place, 'names a resource twice');
  const parsed = resources.map(groupResource);
  for (const one of parsed) {
    if (one.name !== '*') continue;
    const masked = parsed.some((other) => other !== one && (one.group === '*' || other.group === one.group));
    if (masked) refuse(place, `has a wildcard that masks another of its resources`);
  }
}

function checkProvider(place: string, provider: Provider, kmsNames: Set<string>): void {
  if (Object.keys(provider).length !== 1) refuse(place, 'needs exactly one of kms, aescbc, aesgcm, secretbox and identity');
  if (provider.kms !== undefined) checkKms(`${place}.kms`, provider.kms, kmsNames);
  if (provider.aescbc !== undefined) checkKeys(`${place}.aescbc`, provider.aescbc.keys, AES_KEY_BYTES);
  if (provider.aesgcm !== undefined) checkKeys(`${place}.aesgcm`, provider.aesgcm.keys, AES_KEY_BYTES);
  if (provider.secretbox !== undefined) checkKeys(`${place}.secretbox`, provider.secretbox.keys, SECRETBOX_KEY_BYTES);
}

function checkKms(place: string, kms: KmsProvider, names: Set<string>): void {
  const version = kms.apiVersion ?? 'v1';
  if (version !== 'v1' && version !== 'v2') refuse(`${place}.apiVersion`, 'must be v1 or v2');
  if (kms.name === '' || kms.name.includes(':')) refuse(`${place}.name`, 'must be a name without a colon');
  if (names.has(kms.name)) refuse(`${place}.name`, `uses ${kms.name} a second time`);
  names.add(kms.name);
  if (version === 'v2' && kms.cachesize !== undefined) refuse(`${place}.cachesize`, 'is for KMS v1 only');
  if (kms.cachesize === 0) refuse(`${place}.cachesize`, 'must not be zero');
  if (kms.timeout !== undefined && !isPositiveDuration(kms.timeout))
    refuse(`${place}.timeout`, 'must be a positive duration, such as 3s');
  checkEndpoint(`${place}.endpoint`, kms.endpoint);
}

function checkEndpoint(place: string, endpoint: string): void {
  if (!endpoint.startsWith('unix://')) refuse(place, 'must be a unix socket, unix:///path');
  const path = endpoint.slice('unix://'.length);
  // kube-apiserver would read a relative path as a host name and dial an empty path.
  if (!path.startsWith('/')) refuse(place, 'needs an absolute path');
  if (path.startsWith('/@')) refuse(place, 'must not be an abstract socket, which has no file permissions');
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) refuse(place, `is longer than the ${MAX_SOCKET_PATH} bytes of a socket address`);
}

function checkKeys(
  place: string,
  keys: readonly { readonly name: string; readonly secret: string }[],
  sizes: readonly number[],
): void {
  if (keys.length === 0) refuse(`${place}.keys`, 'needs at least one key');
  for (const [index, key] of keys.entries()) {
    if (key.name === '') refuse(`${place}.keys.${index}.name`, 'is empty');
    const bytes = Buffer.from(key.secret, 'base64');
    const fits = sizes.includes(bytes.length) && bytes.toString('base64') === key.secret;
    bytes.fill(0);
    if (!fits) refuse(`${place}.keys.${index}.secret`, `must be base64 of ${sizes.join(', ')} bytes`);
  }
}

function isPositiveDuration(text: string): boolean {
  return DURATION.test(text) && /[1-9]/.test(text);
}

function groupResource(text: string): { readonly name: string; readonly group: string } {
  const dot = text.indexOf('.');
  return dot === -1 ? { name: text, group: '' } : { name: text.slice(0, dot), group: text.slice(dot + 1) };
}

function refuse(place: string, rule: string): never {
  throw new RootwardError('ENCRYPTION_CONFIG', { message: `The EncryptionConfiguration is not valid: ${place} ${rule}.` });
}
