import type { Arguments, MethodCase } from '../method-case.ts';

type Wrong = MethodCase['wrong'];

/** What is asked for does not exist, or is another account's, which looks the same. */
export const notFound = (given: Arguments): Wrong => ({ arguments: given, status: 404, code: 'not_found' });

/** Another account's owner asks for what is there. */
export const foreign = (given: Arguments): Wrong => ({ ...notFound(given), as: 'other' });

/** It was changed since it was read. */
export const changed = (given: Arguments): Wrong => ({ arguments: given, status: 409, code: 'conflict' });

export const invalid = (given: Arguments): Wrong => ({ arguments: given, status: 400, code: 'invalid_field' });
export const locked = (given: Arguments): Wrong => ({ arguments: given, status: 423, code: 'locked' });
export const otherAccount = (given: Arguments): Wrong => ({ arguments: given, status: 403, code: 'account_mismatch' });
export const badQuery = (given: Arguments): Wrong => ({ arguments: given, status: 400, code: 'invalid_query' });
