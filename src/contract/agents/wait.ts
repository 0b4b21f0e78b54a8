import Type from 'typebox';

/** How long a poll may wait for news, in seconds. */
export const WaitSeconds = Type.Integer({ minimum: 0, maximum: 30 });
