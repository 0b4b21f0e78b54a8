import Type from 'typebox';
import { crn, exactly, hex32, text, UUID } from '../common-shapes.ts';

/** The two first ones of at least three, with the fields that were asked for. */
export const firstPage = exactly({
  search_cursor: text,
  limit: Type.Literal(2),
  items: Type.Array(
    exactly({
      crn: crn('kms', `${UUID}::`),
      name: text,
      family: Type.Literal('resource_controller'),
      type: Type.Literal('resource-instance'),
      account_id: hex32,
      doc: exactly({
        sub_type: Type.Literal('kms'),
        extensions: exactly({ endpoints: exactly({ public: text, private: text }) }),
      }),
    }),
    { minItems: 2, maxItems: 2 },
  ),
});
