import type { Extension } from '../call.ts';
import { confirm, FORCE_FLAG } from '../confirm.ts';

export const RESET_API_KEY: Extension = {
  flags: FORCE_FLAG,
  before({ flags, input, io }) {
    const { 'x-region': region } = input.headers as { readonly 'x-region': string };
    const would = `All clusters of the resource group in region ${region} would act with your rights, and the API key of their owner would be deleted.`;
    return confirm(io, flags.force, would);
  },
};
