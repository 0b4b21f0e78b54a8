import Type from 'typebox';

const DAY = 86_400;
const seconds = (minimum: number, maximum: number, value: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description });

/** How scheduled work is done. What is due when is in `lifecycle`. */
export const JobsConfig = Type.Object({
  intervalSeconds: seconds(1, 3600, 60, 'How often scheduled work looks for what is due, at least'),
  leaseSeconds: seconds(1, 3600, 60, 'After this a job of a server that has died is taken over'),
  batchSize: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 100,
    description: 'Items that are done in one transaction, at most',
  }),
});

/** When the machine's clock is believed. */
export const ClockConfig = Type.Object({
  toleranceSeconds: seconds(1, 3600, 300, 'How far the clock may be from where it should be'),
  longestDowntimeSeconds: seconds(
    0,
    3650 * DAY,
    7 * DAY,
    'After a longer downtime scheduled work waits for `rootward clock accept`',
  ),
  confirmSeconds: seconds(
    0,
    DAY,
    600,
    'What cannot be undone is done only if it was due this long ago already, by an earlier look',
  ),
});
