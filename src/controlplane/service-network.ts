/** The addresses of Services in a hosted cluster. Nothing routes them: a hosted cluster has no nodes. */
export const SERVICE_RANGE = '10.96.0.0/24';
/** The first address of the range, which kube-apiserver gives to the Service `kubernetes`. */
export const SERVICE_ADDRESS = '10.96.0.1';
