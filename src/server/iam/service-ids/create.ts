import type { ApiKey } from '../../../contract/api-keys/api-key.ts';
import { createServiceId } from '../../../contract/service-ids/create.ts';
import { NEVER_AUTHENTICATED } from '../../../store/iam/authentications.ts';
import { insertServiceId, type ServiceIdRow } from '../../../store/iam/service-ids.ts';
import { type Handler, handle } from '../../handler.ts';
import { checkExpiry, isSet, refusePromises } from '../api-keys/check-fields.ts';
import { refuseTakenSecret } from '../api-keys/create.ts';
import { createApiKey } from '../api-keys/new-key.ts';
import { presentApiKey } from '../api-keys/present.ts';
import { firstTag } from '../entity-tag.ts';
import type { IamDeps } from '../iam-deps.ts';
import { SERVICE_ID_PREFIX } from '../identity.ts';
import { ownAccount } from '../own-account.ts';
import type { GuessLimit } from '../tokens/guesses/guess-limit.ts';
import { serviceIdFacts } from './current.ts';
import { presentServiceId } from './present.ts';
import { refuseForeignInstances, refuseUnknownInstances } from './unique-instances.ts';

export function createServiceIdHandler(deps: IamDeps, guesses: GuessLimit): Handler {
  return handle(createServiceId, {
    async resolve(call) {
      const { body } = call.input;
      if (body.apikey) refusePromises(body.apikey, 'apikey.');
      const accountId = ownAccount(call.principal, body.account_id);
      const record = { accountId, expiresAt: checkExpiry(body.apikey?.expires_at, call.now, 'apikey.expires_at') };
      const target = { serviceName: 'iam-identity', accountId, resourceType: 'serviceid', name: body.name };
      const crns = body.unique_instance_crns ?? [];
      const missing =
        (await refuseUnknownInstances(deps.store.db, accountId, crns)) ??
        (await refuseForeignInstances(deps, call.principal, accountId, crns));
      return missing ? { target, missing } : { target, record };
    },
    async change(call, { accountId, expiresAt }, tx) {
      const { name, description, apikey, unique_instance_crns: crns = [] } = call.input.body;
      const createdBy = call.principal.iamId;
      const id = `ServiceId-${deps.newId()}`;
      const row: ServiceIdRow = {
        id,
        iam_id: SERVICE_ID_PREFIX + id,
        account_id: accountId,
        name,
        description: description ?? null,
        entity_tag: firstTag(deps),
        locked: isSet(call.input.headers['entity-lock']) ? 1 : 0,
        created_at: call.now,
        created_by: createdBy,
        modified_at: call.now,
        unique_instance_crns: JSON.stringify(crns),
        ...NEVER_AUTHENTICATED,
      };
      await insertServiceId(tx, row);
      let shownKey: ApiKey | undefined;
      if (apikey) {
        if (apikey.apikey !== undefined) await refuseTakenSecret(tx, deps, guesses, apikey.apikey, call);
        const wanted = { iamId: row.iam_id, accountId, createdBy, now: call.now, expiresAt };
        const made = await createApiKey(tx, deps, {
          ...wanted,
          name: apikey.name,
          description: apikey.description,
          secret: apikey.apikey,
        });
        shownKey = presentApiKey(made.row, call.now, made.secret);
      }
      const facts = serviceIdFacts(row, call.input.body.unique_instance_crns);
      return {
        output: presentServiceId(row, shownKey),
        headers: { ETag: row.entity_tag },
        audit: {
          ...facts,
          responseData: { ...facts.responseData, ...(shownKey && { keyId: shownKey.id, keyName: shownKey.name }) },
        },
      };
    },
  });
}
