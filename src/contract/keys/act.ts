import Type from 'typebox';
import { defineOperation } from '../operation.ts';
import { InstanceHeaders, KeyParams } from './key.ts';

/** The older address of the actions on a key: `?action=` names the one that answers. On its own it only refuses other names. */
export const actOnKey = defineOperation({
  name: 'keys.act',
  api: 'key-protect',
  http: {
    method: 'POST',
    path: '/api/v2/keys/:id',
    success: 200,
    chosenBy: {
      parameter: 'action',
      operations: {
        wrap: 'keys.wrap',
        unwrap: 'keys.unwrap',
        rewrap: 'keys.rewrap',
        rotate: 'keys.rotate',
        enable: 'keys.enable',
        disable: 'keys.disable',
        restore: 'deletion.restore',
        setKeyForDeletion: 'deletion.authorize',
        unsetKeyForDeletion: 'deletion.withdraw',
      },
    },
  },
  action: 'kms.secrets.readmetadata',
  auditAs: 'kms.secrets.default',
  mutates: false,
  input: { headers: InstanceHeaders, params: KeyParams, query: Type.Object({ action: Type.Optional(Type.String()) }) },
  output: Type.Unknown(),
  sensitive: [],
  errors: ['KEY_NOT_FOUND', 'INVALID_QUERY'],
  summary: 'Do what the query parameter action names; each action has an address of its own, too',
});
