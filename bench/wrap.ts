import { measureUse } from './use-of-keys.ts';

/** `npm run bench -- wrap` */
export function run(args: string[]): Promise<void> {
  return measureUse('wrap', args);
}
