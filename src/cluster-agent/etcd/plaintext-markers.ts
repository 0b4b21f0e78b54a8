/** How a Secret looks in etcd's files when nothing seals it. */
import type { Needle } from './file-search.ts';

/** Storage prefix, then the type meta of a runtime.Unknown: apiVersion "v1", kind "Secret". */
const PROTOBUF = Buffer.from('k8s\0\n\x0c\n\x02v1\x12\x06Secret', 'latin1');

/** What an apiserver with `--storage-media-type=application/json` writes. */
const JSON_FORM = Buffer.from('{"kind":"Secret","apiVersion":"v1","metadata":{');

/** Nothing else can be searched for by form alone; other resources have markers of their own kind. */
export const SECRET_MARKERS: readonly Needle[] = [
  { name: 'secret:protobuf', bytes: PROTOBUF },
  { name: 'secret:json', bytes: JSON_FORM },
];
