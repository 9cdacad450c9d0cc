/** The broker's last word on who we are and what we ask: no waiting heals it. */
const FINAL_TYPES = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'SECURITY_DISABLED',
  'UNSUPPORTED_VERSION',
  'POLICY_VIOLATION',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL',
]);

const FINAL_NAMES = new Set([
  'KafkaJSSASLAuthenticationError',
  'KafkaJSNotImplemented',
  'KafkaJSServerDoesNotSupportApiKey',
]);

/**
 * Whether trying again can bring nothing: the broker is there and refuses us. Everything else that comes out of kafkajs is taken for
 * trouble on the way to the broker, whatever kafkajs itself calls final: it gives up on a coordinator that nobody could name, on retries
 * used up, and falls over its own half-torn state with a TypeError (trap K3).
 */
export const isFinal = (error: unknown): boolean => causesOf(error).some(isRefusalOfUs);

function isRefusalOfUs(error: unknown): boolean {
  const { name = '', type = '' } = error as { readonly name?: string; readonly type?: string };
  return FINAL_TYPES.has(type) || FINAL_NAMES.has(name);
}

/** An error and what it was made from, outermost first: kafkajs wraps, and an error may stand for several (topics at once). */
function causesOf(error: unknown): unknown[] {
  const all: unknown[] = [];
  const left = [error];
  while (left.length > 0 && all.length < MOST_CAUSES) {
    const one = left.shift();
    if (typeof one !== 'object' || one === null || all.includes(one)) continue;
    all.push(one);
    const { cause, errors = [] } = one as { readonly cause?: unknown; readonly errors?: readonly unknown[] };
    left.push(cause, ...errors);
  }
  return all;
}

const MOST_CAUSES = 30;
