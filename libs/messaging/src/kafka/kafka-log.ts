import { logLevel, type logCreator } from 'kafkajs';
import type { Log } from '../log';

/** Said by kafkajs at error level while a young broker finds its feet, and retried by it: no news for an operator. */
const NOT_NEWS =
  /coordinator is not (available|aware)|coordinator is loading|group is rebalancing|this server does not host this topic/i;

/** kafkajs's log lines on ours. kafkajs "errors" are retries: what is final reaches us as an exception or a crash event. */
export const kafkaLog =
  (log: Log): logCreator =>
  () =>
  ({ namespace, level, log: { message, error, groupId } }) => {
    const text = `${namespace}: ${message}${error && error !== message ? ` (${String(error)})` : ''}`;
    const details = { component: 'kafkajs', ...(groupId ? { groupId } : {}) };
    if (level > logLevel.WARN || NOT_NEWS.test(text)) log.debug(details, text);
    else log.warn(details, text);
  };
