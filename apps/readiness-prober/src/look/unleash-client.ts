import { credentialOf, type Credentials } from './credentials';
import { featuresAnswer, isOnFor } from './feature-evaluation';
import { LookFailed, observed, type JsonValue, type Look } from './look';
import type { Web } from './web';

export interface UnleashPlace {
  /** The client API's list of features, whole: `https://host/api/client/features`. */
  readonly url: string;
  /** Credential of kind token: a backend token, which can read one environment and write nothing. */
  readonly credential: string;
  readonly region: string;
}

/** All flags of an environment come in one answer, about 0.5 KiB each. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Looks at the flags as an application receives them, and evaluates for a user of the region. Observed: `status`,
 * `flag.<name>` true or false. A flag that is not delivered, or whose answer depends on more than the region, has no value.
 *
 * The API is asked directly, not through the vendor's client: that one polls and caches on its own, and a look must see
 * what is delivered now.
 */
export function lookUnleash(web: Web, credentials: Credentials, place: UnleashPlace, asked: readonly string[]): Look {
  return async (signal) => {
    const { token } = credentialOf(credentials, place.credential, ['token']);
    const question = { url: place.url, headers: { authorization: token }, maxBodyBytes: MAX_BODY_BYTES };
    const answer = await web.ask(question, signal);
    const values = new Map<string, JsonValue>([['status', answer.status]]);
    if (answer.status === 200)
      for (const [name, on] of flagsOf(answer.body, place.region)) values.set(`flag.${name}`, on);
    return observed(values, asked);
  };
}

function flagsOf(body: Buffer, region: string): [string, boolean][] {
  const parsed = featuresAnswer.safeParse(parse(body));
  if (!parsed.success) throw new LookFailed("the answer is not the client API's list of features");
  return parsed.data.features.flatMap((feature): [string, boolean][] => {
    const on = isOnFor(region, feature);
    return on === null ? [] : [[feature.name, on]];
  });
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new LookFailed('the answer of the client API is not JSON');
  }
}
