/** `Prefer: return=…`. Without the header, create returns the whole key and delete returns nothing. */
export function prefersMinimal(header: string | undefined): boolean {
  return /(^|[;,\s])return=minimal\b/i.test(header ?? '');
}

export function prefersRepresentation(header: string | undefined): boolean {
  return /(^|[;,\s])return=representation\b/i.test(header ?? '');
}
