import { RootwardError } from '../../contract/errors.ts';
import type { Extension } from '../call.ts';

export const RESET_API_KEY: Extension = {
  flags: { '-f, --force': 'reset it without being asked' },
  before({ flags, input }) {
    if (flags.force) return;
    const headers = input.headers as { readonly 'x-region': string };
    throw new RootwardError('USAGE', {
      message: `All clusters of the resource group in region ${headers['x-region']} would act with your rights, and the API key of their owner would be deleted.`,
      hint: 'Give --force if you mean it.',
    });
  },
};
