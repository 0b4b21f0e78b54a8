import { RootwardError } from '../../contract/errors.ts';
import type { IdSource } from './iam-deps.ts';

/** The tag of something new: which change of it this is, and a random part, so that no tag comes back. */
export function firstTag(ids: Pick<IdSource, 'newId'>): string {
  return tagOf(ids, 1);
}

export function nextTag(ids: Pick<IdSource, 'newId'>, tag: string): string {
  return tagOf(ids, Number.parseInt(tag, 10) + 1);
}

function tagOf(ids: Pick<IdSource, 'newId'>, change: number): string {
  return `${change}-${ids.newId().replaceAll('-', '')}`;
}

/** `*` is any version. The tag is taken with quotes and without: this API shows it without, HTTP writes it with them. */
export function refuseOldTag(tag: string, ifMatch: string): void {
  if (ifMatch === '*' || ifMatch === tag || ifMatch === `"${tag}"`) return;
  throw new RootwardError('ENTITY_TAG', { target: { type: 'header', name: 'If-Match' } });
}
