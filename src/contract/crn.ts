/**
 * Cloud resource names: `crn:v1:bluemix:public:<service>:<location>:a/<account>:<instance>:<resource type>:<resource>`.
 * Ten segments, always; empty trailing segments keep their colons.
 */
export interface Crn {
  readonly service: string;
  readonly location: string;
  readonly accountId: string;
  readonly instance: string;
  readonly resourceType: string;
  readonly resource: string;
}

const SEGMENTS = 10;

export function formatCrn(crn: Partial<Crn> & { readonly service: string }): string {
  const scope = crn.accountId ? `a/${crn.accountId}` : '';
  const { location = '', instance = '', resourceType = '', resource = '' } = crn;
  return `crn:v1:bluemix:public:${crn.service}:${location}:${scope}:${instance}:${resourceType}:${resource}`;
}

/** The parts of a CRN, or undefined if the text is not one. */
export function parseCrn(text: string): Crn | undefined {
  const parts = text.split(':');
  if (parts.length !== SEGMENTS) return undefined;
  const [
    scheme,
    version,
    cname,
    ctype,
    service = '',
    location = '',
    scope = '',
    instance = '',
    resourceType = '',
    resource = '',
  ] = parts;
  if (scheme !== 'crn' || version !== 'v1' || cname !== 'bluemix' || ctype !== 'public' || service === '') return undefined;
  // An account without a name would be another way to write that there is none.
  if (scope !== '' && !/^a\/./s.test(scope)) return undefined;
  return { service, location, accountId: scope.slice(2), instance, resourceType, resource };
}
