import Type, { type Static } from 'typebox';
import { defineOperation } from '../operation.ts';

/** Whether the server believes its machine's clock. Instants are RFC 3339. */
export const ClockStatus = Type.Object({
  state: Type.Union([Type.Literal('believed'), Type.Literal('suspect')]),
  /** What the machine's clock says. */
  clock: Type.String(),
  /** The time that the server goes by. */
  server_time: Type.String(),
  /** When it was noticed, by the machine's clock. */
  suspect_since: Type.Optional(Type.String()),
  /** What is wrong, what stands still and what to run. */
  message: Type.Optional(Type.String()),
});
export type ClockStatus = Static<typeof ClockStatus>;

export const readClock = defineOperation({
  name: 'clock.read',
  api: 'rootward',
  http: { method: 'GET', path: '/rootward/v1/clock', success: 200 },
  action: 'server.clock.read',
  auditAs: 'rootward.clock.read',
  mutates: false,
  input: {},
  output: ClockStatus,
  sensitive: [],
  errors: [],
  cli: { command: ['clock', 'show'] },
  summary: "Show whether the server believes its machine's clock",
});
