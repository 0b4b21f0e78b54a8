import { RootwardError } from '../../../contract/errors.ts';

/** INVALID_QUERY, naming the parameter; `why` is read after its name and repeats nothing that was sent. */
export function invalidQuery(name: 'search' | 'sort' | 'filter' | 'state' | 'extractable', why: string): RootwardError {
  return new RootwardError('INVALID_QUERY', {
    message: `Query parameter ${name} ${why}.`,
    target: { type: 'query_param', name },
  });
}
