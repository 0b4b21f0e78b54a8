import { type Api, logIn } from '../../process/api.ts';

/** A service ID of the account, logged in by an API key of its own. */
export interface Member {
  readonly iamId: string;
  readonly token: string;
}

/** Makes a service ID that may do nothing yet. */
export async function addServiceId(api: Api, name: string): Promise<Member> {
  const made = await api.send('POST', '/v1/serviceids', { name, apikey: { name: `key of ${name}` } });
  if (made.status !== 201) throw new Error(`no service ID: ${made.status}`);
  const { token } = await logIn(api.url, made.body.apikey.apikey);
  return { iamId: made.body.iam_id, token };
}

const OWN_ROLES: ReadonlySet<string> = new Set(['ReaderPlus', 'KeyPurge', 'KmipAdapterManager']);

/** Gives a service role on every Key Protect instance of the account. */
export async function grantRole(api: Api, accountId: string, { iamId }: Member, role: string): Promise<void> {
  const service = OWN_ROLES.has(role) ? 'kms' : 'iam';
  const granted = await api.send('POST', '/v1/policies', {
    type: 'access',
    subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
    roles: [{ role_id: `crn:v1:bluemix:public:${service}::::serviceRole:${role}` }],
    resources: [
      {
        attributes: [
          { name: 'serviceName', value: 'kms' },
          { name: 'accountId', value: accountId },
        ],
      },
    ],
  });
  if (granted.status !== 201) throw new Error(`no policy: ${granted.status} ${JSON.stringify(granted.body)}`);
}
