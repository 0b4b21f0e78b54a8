import { measureUse } from './use-of-keys.ts';

/** `npm run bench -- unwrap` */
export function run(args: string[]): Promise<void> {
  return measureUse('unwrap', args);
}
