import { hash } from 'node:crypto';

/**
 * The hash by which a verified token is kept. Clients send the same token again and again on a connection, so that its hash is
 * remembered with the connection and as long as that: comparing a text costs far less than hashing it. Only with what the same peer
 * sent before is anything compared.
 */
export function createTokenDigests(): (token: string, connection: object | undefined) => string {
  const latest = new WeakMap<object, { readonly token: string; readonly digest: string }>();
  return (token, connection) => {
    const known = connection && latest.get(connection);
    if (known?.token === token) return known.digest;
    const digest = hash('sha256', token, 'base64url');
    if (connection) latest.set(connection, { token, digest });
    return digest;
  };
}
