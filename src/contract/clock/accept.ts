import { defineOperation } from '../operation.ts';
import { ClockStatus } from './read.ts';

export const acceptClock = defineOperation({
  name: 'clock.accept',
  api: 'rootward',
  http: { method: 'POST', path: '/rootward/v1/clock/accept', success: 200 },
  action: 'server.clock.accept',
  auditAs: 'rootward.clock.accept',
  mutates: true,
  input: {},
  output: ClockStatus,
  sensitive: [],
  errors: [],
  cli: { command: ['clock', 'accept'] },
  summary: "Let the server believe its machine's clock, so that scheduled work goes on",
});
