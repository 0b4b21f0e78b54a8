import { RootwardError } from '../../../contract/errors.ts';

const SEGMENTS = 10;
/** Where all keys are looked through, these segments have to be given. */
const LITERAL_SEGMENTS = 8;

/**
 * Reads the CRN that a list of registrations is narrowed by: all ten segments, `*` for any one, and at the end of the last one for any
 * ending. The result are its literal texts in order; whatever has no colon may stand between two of them. Throws INVALID_QUERY.
 */
export function parseCrnPattern(pattern: string, of: 'one key' | 'all keys'): string[] {
  const segments = pattern.split(':');
  if (segments.length !== SEGMENTS) throw invalid('must have all ten segments of a CRN.');
  if (segments[0] !== 'crn') throw invalid('must begin with crn.');
  segments.forEach((segment, index) => {
    const isLast = index === SEGMENTS - 1;
    const literal = segment === '*' || (isLast && segment.endsWith('*')) ? segment.slice(0, -1) : segment;
    if (literal.includes('*')) throw invalid('may have * for a whole segment, and at the end of the last one, only.');
    if (of === 'all keys' && index < LITERAL_SEGMENTS && segment === '*')
      throw invalid(`must have no * in its first ${LITERAL_SEGMENTS} segments where the registrations of all keys are listed.`);
  });
  return pattern.split('*');
}

function invalid(what: string): RootwardError {
  const name = 'urlEncodedResourceCRNQuery';
  return new RootwardError('INVALID_QUERY', { message: `${name} ${what}`, target: { type: 'query_param', name } });
}
