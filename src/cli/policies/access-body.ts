import { RootwardError } from '../../contract/errors.ts';
import type { PolicyV2 } from '../../contract/policies/policy-v2.ts';
import type { Session } from '../session/session.ts';
import { type AccessFlags, resourceOf } from './access-flags.ts';
import { type CliCondition, conditionsOf, policyFile } from './conditions.ts';
import { rolesByName } from './role-names.ts';

/** A new access policy from flags or a file; a file may leave out whom it is for. Throws USAGE. */
export async function newBody(session: Session, subject: CliCondition, flags: AccessFlags, cwd: string): Promise<object> {
  const whose = { attributes: [subject] };
  if (flags.file !== undefined) return fromFile(flags, cwd, whose);
  if (flags.roles === undefined) throw new RootwardError('USAGE', { message: 'Give --roles, or a whole policy by --file.' });
  const account = conditionsOf({ accountId: (await session.account()).id });
  const about = (await resourceOf(session.client, flags)) ?? conditionsOf({ serviceType: 'service' });
  const roles = await rolesByName(session.client, flags.roles, { service: serviceOf(about) });
  return bodyOf(whose, [...account, ...about], roles);
}

/** The policy with what the flags say, and all else as it is. */
export async function changedBody(session: Session, policy: PolicyV2, flags: AccessFlags, cwd: string): Promise<object> {
  if (flags.file !== undefined) return fromFile(flags, cwd, policy.subject);
  const about = await resourceOf(session.client, flags);
  if (about === undefined && flags.roles === undefined) {
    throw new RootwardError('USAGE', {
      message: 'Nothing is to be changed.',
      hint: 'Give --roles, or flags that say what it is about.',
    });
  }
  const account = policy.resource.attributes.filter(({ key }) => key === 'accountId');
  const resource = about === undefined ? policy.resource.attributes : [...account, ...about];
  const roles =
    flags.roles === undefined
      ? policy.control.grant.roles.map(({ role_id }) => ({ role_id }))
      : await rolesByName(session.client, flags.roles, { service: serviceOf(resource) });
  const { description } = policy;
  return { ...bodyOf(policy.subject, resource, roles), ...(description !== undefined && { description }) };
}

function bodyOf(subject: object, resource: readonly object[], roles: readonly object[]): object {
  return { type: 'access', subject, resource: { attributes: resource }, control: { grant: { roles } } };
}

/** A file in either form; its subject is the one of the command. */
function fromFile(
  { file = '', roles }: AccessFlags,
  cwd: string,
  subject: PolicyV2['subject'] | { attributes: CliCondition[] },
): object {
  if (roles !== undefined) throw new RootwardError('USAGE', { message: 'Give either --file or --roles.' });
  const read = policyFile(file, cwd);
  if ('control' in read) return { ...read, type: 'access', subject };
  const {
    resources,
    roles: granted,
    ...rest
  } = read as {
    readonly resources?: readonly { readonly attributes?: readonly { name?: string; value?: unknown; operator?: string }[] }[];
    readonly roles?: readonly object[];
    readonly subjects?: unknown;
  };
  const attributes = (resources?.[0]?.attributes ?? []).map(({ name, value, operator = 'stringEquals' }) => ({
    key: name,
    operator,
    value,
  }));
  const { subjects: _, ...kept } = rest;
  return { ...kept, ...bodyOf(subject, attributes, granted ?? []) };
}

function serviceOf(conditions: readonly { readonly key: string; readonly value: unknown }[]): string | undefined {
  const service = conditions.find(({ key }) => key === 'serviceName')?.value;
  return typeof service === 'string' ? service : undefined;
}
