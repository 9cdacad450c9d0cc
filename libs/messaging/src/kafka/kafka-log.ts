import { logLevel, type logCreator } from 'kafkajs';
import type { Log } from '../log';

/** Said by kafkajs at error level while a young broker finds its feet, and retried; or said twice: no news for an operator. */
const NOT_NEWS =
  /coordinator is not (available|aware)|coordinator is loading|group is rebalancing|this server does not host this topic|trying another broker from the list/i;

export const isNews = (text: string): boolean => !NOT_NEWS.test(text);

/** A broker that is away makes the same line many times a second: once in this time is enough. */
const REPEAT_AFTER_MS = 10_000;

/** kafkajs's log lines on ours. kafkajs "errors" are retries: what is final reaches us as an exception or a crash event. */
export const kafkaLog = (log: Log): logCreator => {
  const told = new Map<string, number>();
  return () =>
    ({ namespace, level, log: { message, error, groupId } }) => {
      const text = `${namespace}: ${message}${error && error !== message ? ` (${String(error)})` : ''}`;
      const details = { component: 'kafkajs', ...(groupId ? { groupId } : {}) };
      const now = performance.now();
      const isToldNow = level <= logLevel.WARN && isNews(text) && now - (told.get(text) ?? -Infinity) > REPEAT_AFTER_MS;
      if (!isToldNow) return log.debug(details, text);
      if (told.size > 100) told.clear();
      told.set(text, now);
      log.warn(details, text);
    };
};
