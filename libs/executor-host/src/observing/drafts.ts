import {
  COVERAGE_TYPE,
  limits,
  mutationData,
  MUTATION_TYPE,
  topicNames,
  type CoverageData,
  type MutationData,
} from '@causeway/contracts';
import type { SeenMutation } from '@causeway/executor-sdk';
import type { Draft } from '@causeway/messaging';

/** What the host adds to what an observer saw. */
export type Added = Pick<MutationData, 'target' | 'history' | 'observedAt'>;

/** Room for the envelope and for everything besides the two values, bytes. */
const MOST_BYTES = limits.messageBytes - 16 * 1024;
/** As the contract has it, characters. */
const SHORT_TEXT = 300;

/** Keyed by target: what covers comes after what it covers. */
const draft = (type: string, data: MutationData | CoverageData): Draft => ({
  topic: topicNames.observations,
  key: data.target,
  type,
  subject: data.target,
  correlationId: data.target,
  causationIds: [],
  data,
});

export const coverageDraft = (data: CoverageData): Draft => draft(COVERAGE_TYPE, data);

/**
 * The message of a mutation. What strangers made too long for a message is left out and said to be so, never cut to something else.
 * Throws when an observer brings what is no mutation: a defect of the observer.
 */
export function mutationDraft(seen: SeenMutation, added: Added): Draft {
  const parsed = mutationData.safeParse(fitted({ ...shortened(seen), ...added }));
  if (parsed.success) return draft(MUTATION_TYPE, parsed.data);
  const [issue] = parsed.error.issues;
  throw new Error(`the observer brought what is no mutation: ${issue?.path.join('.')}: ${issue?.message}`);
}

function shortened({ actor, channel, ...seen }: SeenMutation): SeenMutation {
  const { client, token, address } = channel;
  return {
    ...seen,
    actor: { ...actor, name: short(actor.name) },
    channel: { client: short(client), token: short(token), address: short(address) },
  };
}

/** Cut between characters: half a pair of surrogates is no text. */
const short = (text: string | null): string | null =>
  text === null || text.length <= SHORT_TEXT ? text : Buffer.from(text.slice(0, SHORT_TEXT - 1)).toString('utf8');

/** Values go first, then the parameters: who, where and when always stay. */
function fitted(data: MutationData): MutationData {
  if (bytesOf(data) <= MOST_BYTES) return data;
  const { source } = data;
  const detail = { ...source.detail, leftOut: 'values too large for a message' };
  const unknown = { kind: 'unknown' } as const;
  const withoutValues = { ...data, before: unknown, after: unknown, source: { ...source, detail } };
  return bytesOf(withoutValues) <= MOST_BYTES ? withoutValues : { ...withoutValues, with: {} };
}

const bytesOf = (data: MutationData): number => Buffer.byteLength(JSON.stringify(data));
