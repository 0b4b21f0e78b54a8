import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../contract/operations.ts';
import type { Severity } from './record.ts';
import { severityOf } from './severity.ts';

/** Every operation of the key service, the name of its event as documented, and how loud that is when it succeeds. */
const EVENTS: Readonly<Record<string, readonly [name: string, severity: Severity]>> = {
  'HEAD /keys': ['kms.secrets.head', 'normal'],
  'POST /keys': ['kms.secrets.create', 'normal'],
  'GET /keys': ['kms.secrets.list', 'normal'],
  'POST /keys_with_policy_overrides': ['kms.secrets-with-policy-overrides.create', 'normal'],
  'GET /keys/:id': ['kms.secrets.read', 'normal'],
  'GET /keys/:id/metadata': ['kms.secrets-metadata.read', 'normal'],
  'PATCH /keys/:id': ['kms.secrets.patch', 'normal'],
  'DELETE /keys/:id': ['kms.secrets.delete', 'critical'],
  'DELETE /keys/:id/purge': ['kms.secrets.purge', 'normal'],
  'POST /keys/:id/restore': ['kms.secrets.restore', 'warning'],
  'GET /keys/:id/versions': ['kms.secrets-key-versions.list', 'normal'],
  'POST /keys/:id': ['kms.secrets.default', 'normal'],
  'POST /keys/:id/actions/wrap': ['kms.secrets.wrap', 'normal'],
  'POST /keys/:id/actions/unwrap': ['kms.secrets.unwrap', 'normal'],
  'POST /keys/:id/actions/rewrap': ['kms.secrets.rewrap', 'normal'],
  'POST /keys/:id/actions/rotate': ['kms.secrets.rotate', 'warning'],
  'POST /keys/:id/actions/setKeyForDeletion': ['kms.secrets.setkeyfordeletion', 'warning'],
  'POST /keys/:id/actions/unsetKeyForDeletion': ['kms.secrets.unsetkeyfordeletion', 'warning'],
  'POST /keys/:id/actions/enable': ['kms.secrets.enable', 'warning'],
  'POST /keys/:id/actions/disable': ['kms.secrets.disable', 'warning'],
  'POST /keys/:id/actions/sync': ['kms.secrets.sync', 'normal'],
  'PUT /keys/:id/policies': ['kms.policies.write', 'warning'],
  'GET /keys/:id/policies': ['kms.policies.read', 'normal'],
  'PUT /instance/policies': ['kms.instance-policies.write', 'warning'],
  'GET /instance/policies': ['kms.instance-policies.read', 'normal'],
  'GET /instance/allowed_ip_port': ['kms.instance-allowed-ip-port.read', 'normal'],
  'POST /import_token': ['kms.import-token.create', 'normal'],
  'GET /import_token': ['kms.import-token.read', 'normal'],
  'GET /keys/:id/registrations': ['kms.registrations.list', 'normal'],
  'GET /keys/registrations': ['kms.registrations.list', 'normal'],
  'POST /keys/:id/registrations/:crn': ['kms.registrations.create', 'normal'],
  'PUT /keys/:id/registrations/:crn': ['kms.registrations.write', 'normal'],
  'PATCH /keys/:id/registrations/:crn': ['kms.registrations.merge', 'normal'],
  'DELETE /keys/:id/registrations/:crn': ['kms.registrations.delete', 'critical'],
  'POST /event_ack': ['kms.secrets-event.ack', 'normal'],
  'POST /keys/:id/aliases/:alias': ['kms.secrets-alias.create', 'normal'],
  'DELETE /keys/:id/aliases/:alias': ['kms.secrets-alias.delete', 'normal'],
  'GET /key_rings': ['kms.key-rings.list', 'normal'],
  'POST /key_rings/:id': ['kms.key-rings.create', 'normal'],
  'DELETE /key_rings/:id': ['kms.key-rings.delete', 'normal'],
  'GET /kmip_adapters': ['kms.kmip-management.list', 'normal'],
  'POST /kmip_adapters': ['kms.kmip-management.create', 'normal'],
  'GET /kmip_adapters/:id': ['kms.kmip-management.read', 'normal'],
  'DELETE /kmip_adapters/:id': ['kms.kmip-management.delete', 'normal'],
  'GET /kmip_adapters/:adapter/kmip_objects': ['kms.kmip-management.list', 'normal'],
  'GET /kmip_adapters/:adapter/kmip_objects/:id': ['kms.kmip-management.read', 'normal'],
  'DELETE /kmip_adapters/:adapter/kmip_objects/:id': ['kms.kmip-management.delete', 'normal'],
  'GET /kmip_adapters/:adapter/certificates': ['kms.kmip-management.list', 'normal'],
  'POST /kmip_adapters/:adapter/certificates': ['kms.kmip-management.create', 'normal'],
  'GET /kmip_adapters/:adapter/certificates/:id': ['kms.kmip-management.read', 'normal'],
  'DELETE /kmip_adapters/:adapter/certificates/:id': ['kms.kmip-management.delete', 'normal'],
};

const CRITICAL = [401, 403, 503, 507];
const WARNING = [400, 409, 424, 502, 504, 505];
const NORMAL = [404, 410, 413, 415, 422, 429, 500, 501];

const operations = OPERATIONS.filter(({ api }) => api === 'key-protect');
const addressOf = ({ http }: (typeof operations)[number]) => `${http.method} ${http.path.replace('/api/v2', '')}`;

describe('events of the key service', () => {
  it('are written down for every operation, and for nothing else', () => {
    expect(operations.map(addressOf).sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it.each(operations.map((operation) => [addressOf(operation), operation] as const))(
    '%s has its name and its severities',
    (address, operation) => {
      const name = operation.auditAs ?? operation.action;
      const [expected, severity] = EVENTS[address] ?? [];
      expect([name, severityOf(name, operation.http.success)]).toEqual([expected, severity]);
      for (const status of CRITICAL) expect([status, severityOf(name, status)]).toEqual([status, 'critical']);
      for (const status of WARNING) {
        expect([status, severityOf(name, status)]).toEqual([status, severity === 'critical' ? 'critical' : 'warning']);
      }
      for (const status of NORMAL) expect([status, severityOf(name, status)]).toEqual([status, severity]);
      // The other provider's events are as loud.
      expect(severityOf(name.replace(/^kms\./, 'hs-crypto.'), operation.http.success)).toBe(severity);
    },
  );
});
