import type { Scene } from './scene.ts';

const SOME_ID = '11111111-2222-4333-8444-555555555555';

/** What a parameter of that name is given where a method is called only to see that it is refused. */
export function plausible(name: string, { accountId, iamId, instance }: Scene): unknown {
  const known: Readonly<Record<string, unknown>> = {
    accountId,
    iamId,
    source: instance.guid,
    ifMatch: '*',
    conditions: [],
    link: { crn: instance.crn },
    resources: [{ resource_id: instance.crn }],
    actions: ['kms.secrets.read'],
  };
  if (name in known) return known[name];
  return /id$/i.test(name) ? SOME_ID : 'something';
}
