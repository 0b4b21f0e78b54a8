import type { Operation } from '../contract/operation.ts';
import type { Call, Extension } from './call.ts';
import { VIEWS } from './output/views.ts';

const PAGE = 100;

interface Page {
  /** An address, or a link with one. */
  readonly next?: string | { readonly href: string };
}

/**
 * A list whole, whose API gives it in pages: `items` is the field with the things, `size` what a page's length is asked by, and `place`
 * what of the next page's address says where it begins.
 */
export function everyPage(operation: object, items: string, size: string, place: string): Extension {
  const asked = operation as Operation;
  return {
    before({ input }: Call) {
      input.query = { [size]: PAGE, ...(input.query as object | undefined) };
    },
    async after({ input, session }, answer) {
      const first = answer as Page & Readonly<Record<string, unknown>>;
      const all = [...(first[items] as unknown[])];
      for (let { next }: Page = first; next !== undefined; ) {
        const address = new URL(typeof next === 'string' ? next : next.href, 'http://server');
        const query = { ...(input.query as object), [place]: address.searchParams.get(place) ?? '' };
        const page = (await session.client.callLoosely(asked, { ...input, query })) as typeof first;
        all.push(...(page[items] as unknown[]));
        next = page.next;
      }
      const { next: _, ...shown } = first;
      return { answer: { ...shown, [items]: all }, view: VIEWS[asked.name] };
    },
  };
}
