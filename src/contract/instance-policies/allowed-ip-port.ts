import Type from 'typebox';
import { envelope, InstanceHeaders } from '../keys/key.ts';
import { defineOperation } from '../operation.ts';

export const ALLOWED_IP_TYPE = 'application/vnd.ibm.kms.allowed_ip_metadata+json';

export const getAllowedIpPort = defineOperation({
  name: 'instance-policies.allowed-ip-port',
  api: 'key-protect',
  http: { method: 'GET', path: '/api/v2/instance/allowed_ip_port', success: 200 },
  action: 'kms.instance.readallowedipport',
  auditAs: 'kms.instance-allowed-ip-port.read',
  mutates: false,
  input: { headers: InstanceHeaders },
  output: envelope(Type.Object({ private_endpoint_port: Type.Integer() })),
  sensitive: [],
  errors: [],
  summary: 'Show the port of the private endpoint of an instance that allows certain addresses only',
});
