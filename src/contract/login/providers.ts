import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { ProviderName } from './provider.ts';

export const listLoginProviders = defineOperation({
  name: 'login.providers',
  api: 'iam',
  http: { method: 'GET', path: '/identity/providers', success: 200 },
  action: 'public',
  mutates: false,
  quiet: true,
  input: {},
  output: Type.Object({
    providers: Type.Array(Type.Object({ name: ProviderName, label: Type.String({ description: 'Its name for people' }) })),
  }),
  sensitive: [],
  errors: [],
  summary: 'The identity providers that people can log in by',
});
