/**
 * Who may do what in the key service, written down from its published role table and apart from the server's own: one row for each
 * operation. R Reader, + ReaderPlus, W Writer, M Manager, P KeyPurge, K KmipAdapterManager.
 */
export interface Row {
  readonly roles: readonly KeyServiceRole[];
  /**
   * How narrow a grant may be that still reaches the operation. `key`: a grant on the key, its ring or the instance. `ring`: on the ring
   * that the request names, or the instance; `any ring`: on whichever ring. `instance`: on the instance only.
   */
  readonly reach: 'key' | 'ring' | 'any ring' | 'instance';
  /** What a cluster's own processes may do where a service authorization with Reader covers it. */
  readonly clusters: readonly ClusterRole[];
}

export type KeyServiceRole = 'Reader' | 'ReaderPlus' | 'Writer' | 'Manager' | 'KeyPurge' | 'KmipAdapterManager';
export type ClusterRole = 'plugin' | 'agent' | 'service';

const LETTERS: Readonly<Record<string, KeyServiceRole>> = {
  R: 'Reader',
  '+': 'ReaderPlus',
  W: 'Writer',
  M: 'Manager',
  P: 'KeyPurge',
  K: 'KmipAdapterManager',
};

const row = (letters: string, reach: Row['reach'], ...clusters: ClusterRole[]): Row => ({
  roles: letters.split('').map((letter) => {
    const role = LETTERS[letter];
    if (!role) throw new Error(`no role ${letter}`);
    return role;
  }),
  reach,
  clusters,
});

export const ROWS: Readonly<Record<string, Row>> = {
  'HEAD /api/v2/keys': row('R+WMK', 'ring'),
  'POST /api/v2/keys': row('WM', 'ring'),
  'GET /api/v2/keys': row('R+WMK', 'ring', 'service'),
  'POST /api/v2/keys_with_policy_overrides': row('M', 'ring'),
  'GET /api/v2/keys/:id': row('+WM', 'key'),
  'GET /api/v2/keys/:id/metadata': row('R+WM', 'key', 'plugin', 'service'),
  'POST /api/v2/keys/:id': row('R+WM', 'key', 'plugin', 'service'),
  'PATCH /api/v2/keys/:id': row('M', 'ring'),
  'DELETE /api/v2/keys/:id': row('M', 'key'),
  'DELETE /api/v2/keys/:id/purge': row('P', 'key'),
  'POST /api/v2/keys/:id/restore': row('M', 'key'),
  'GET /api/v2/keys/:id/versions': row('R+WM', 'key'),
  'POST /api/v2/keys/:id/actions/wrap': row('R+WM', 'key', 'plugin', 'service'),
  'POST /api/v2/keys/:id/actions/unwrap': row('R+WM', 'key', 'plugin', 'service'),
  'POST /api/v2/keys/:id/actions/rewrap': row('R+WM', 'key'),
  'POST /api/v2/keys/:id/actions/rotate': row('WM', 'key'),
  'POST /api/v2/keys/:id/actions/setKeyForDeletion': row('WM', 'key'),
  'POST /api/v2/keys/:id/actions/unsetKeyForDeletion': row('WM', 'key'),
  'POST /api/v2/keys/:id/actions/enable': row('M', 'key'),
  'POST /api/v2/keys/:id/actions/disable': row('M', 'key'),
  'POST /api/v2/keys/:id/actions/sync': row('WM', 'key'),
  'PUT /api/v2/keys/:id/policies': row('M', 'key'),
  'GET /api/v2/keys/:id/policies': row('M', 'key'),
  'PUT /api/v2/instance/policies': row('M', 'instance'),
  'GET /api/v2/instance/policies': row('M', 'instance'),
  'GET /api/v2/instance/allowed_ip_port': row('R+WM', 'instance'),
  'POST /api/v2/import_token': row('WM', 'instance'),
  'GET /api/v2/import_token': row('WM', 'instance'),
  'GET /api/v2/keys/:id/registrations': row('R+WM', 'key', 'service'),
  'GET /api/v2/keys/registrations': row('R+WM', 'ring', 'service'),
  'POST /api/v2/keys/:id/registrations/:crn': row('R+WM', 'key', 'service'),
  'PUT /api/v2/keys/:id/registrations/:crn': row('R+WM', 'key', 'service'),
  'PATCH /api/v2/keys/:id/registrations/:crn': row('R+WM', 'key', 'service'),
  'DELETE /api/v2/keys/:id/registrations/:crn': row('R+WM', 'key', 'service'),
  'POST /api/v2/event_ack': row('R+WM', 'instance', 'service'),
  'POST /api/v2/keys/:id/aliases/:alias': row('WM', 'key'),
  'DELETE /api/v2/keys/:id/aliases/:alias': row('WM', 'key'),
  'GET /api/v2/key_rings': row('R+WMK', 'any ring'),
  'POST /api/v2/key_rings/:id': row('WM', 'instance'),
  'DELETE /api/v2/key_rings/:id': row('M', 'ring'),
  'GET /api/v2/kmip_adapters': row('MK', 'instance'),
  'POST /api/v2/kmip_adapters': row('MK', 'instance'),
  'GET /api/v2/kmip_adapters/:id': row('MK', 'instance'),
  'DELETE /api/v2/kmip_adapters/:id': row('MK', 'instance'),
  'GET /api/v2/kmip_adapters/:adapter/kmip_objects': row('MK', 'instance'),
  'GET /api/v2/kmip_adapters/:adapter/kmip_objects/:id': row('MK', 'instance'),
  'DELETE /api/v2/kmip_adapters/:adapter/kmip_objects/:id': row('MK', 'instance'),
  'GET /api/v2/kmip_adapters/:adapter/certificates': row('MK', 'instance'),
  'POST /api/v2/kmip_adapters/:adapter/certificates': row('MK', 'instance'),
  'GET /api/v2/kmip_adapters/:adapter/certificates/:id': row('MK', 'instance'),
  'DELETE /api/v2/kmip_adapters/:adapter/certificates/:id': row('MK', 'instance'),
};
