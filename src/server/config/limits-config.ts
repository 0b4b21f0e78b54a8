import Type, { type Static } from 'typebox';

const MILLION = 1_000_000;
const rate = (description: string) => Type.Integer({ minimum: 0, maximum: 100_000, default: 0, description });
const burst = (description: string) => Type.Integer({ minimum: 1, maximum: MILLION, default: 1000, description });

/** How much one tenant may use of a server that it shares with others. */
export const LimitsConfig = Type.Object({
  keysPerInstance: Type.Integer({
    minimum: 0,
    default: 10 * MILLION,
    description: 'Keys of one instance, deleted ones until they are purged; 0: any number',
  }),
  requestsPerSecondPerCaller: rate('Requests of one identity in the long run; 0: any number'),
  burstPerCaller: burst('Requests of one identity at once'),
  requestsPerSecondPerInstance: rate('Requests of one account to one KMS instance in the long run; 0: any number'),
  burstPerInstance: burst('Requests of one account to one KMS instance at once'),
  maxConnections: Type.Integer({
    minimum: 16,
    maximum: MILLION,
    default: 10_000,
    description: 'Open connections of all clients',
  }),
});
export type LimitsConfig = Static<typeof LimitsConfig>;

export const DEFAULT_LIMITS: LimitsConfig = {
  keysPerInstance: 10 * MILLION,
  requestsPerSecondPerCaller: 0,
  burstPerCaller: 1000,
  requestsPerSecondPerInstance: 0,
  burstPerInstance: 1000,
  maxConnections: 10_000,
};
