/** Longest texts in a record, in UTF-16 units. What a caller chooses is never longer than that, however long the request was. */
export const NAME_LENGTH = 256;
export const SENTENCE_LENGTH = 1024;
export const CRN_LENGTH = 1024;

/** Control characters, line ends of every kind and halves of pairs: they belong into no name, and fill six bytes of JSON each. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** What most texts consist of, which is quicker to see. */
const PLAIN = /^[\x20-\x7e]*$/;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

/** A text as it may stand in a record: at most `length` long, and `?` for each character that cannot be printed. */
export function cutText(text: string, length: number): string {
  const cut = text.length > length ? text.slice(0, length) : text;
  if (PLAIN.test(cut)) return cut;
  return UNPRINTABLE.test(cut) ? cut.replace(EVERY_UNPRINTABLE, '?') : cut;
}
