/** Values of the parameter `allowed_network`, and of the instance policy of that name. */
export const ALLOWED_NETWORKS = ['private-only', 'public-and-private'] as const;
export type AllowedNetwork = (typeof ALLOWED_NETWORKS)[number];

/** Values of the parameter `service-endpoints`, by which command lines say the same. */
export const SERVICE_ENDPOINTS = ['public', 'private', 'public-and-private'] as const;
export type ServiceEndpoints = (typeof SERVICE_ENDPOINTS)[number];

/** Who has no public endpoint takes requests from the private network only. */
export function networkOfEndpoints(endpoints: ServiceEndpoints): AllowedNetwork {
  return endpoints === 'private' ? 'private-only' : 'public-and-private';
}
