import { limits, type MutationData } from '@causeway/contracts';
import { tellsSame } from './candidates';

/** What a mutation makes of a resource, where it does. */
export type Content = Pick<MutationData, 'with' | 'effect'>;

type Where = MutationData['scopes'];

/** How the classified mutations of a resource left it, place by place: a mutation says nothing of the places that it does not name. */
export interface Left {
  /** By the last one that named no place, and so meant all of them; null: there was none. */
  readonly everywhere: Content | null;
  /** By those after it, by scope and member. */
  readonly at: ReadonlyMap<string, Content>;
}

export const UNTOLD: Left = { everywhere: null, at: new Map() };

/** As many as a target can have. People can name others: what was told longest ago is forgotten then. */
const MOST_PLACES = limits.scopesPerTarget * limits.membersPerScope;

export function leave(before: Left, content: Content, where: Where): Left {
  if (where === null) return { everywhere: content, at: new Map() };
  const at = new Map(before.at);
  for (const place of placesOf(where)) {
    at.delete(place);
    at.set(place, content);
  }
  if (at.size <= MOST_PLACES) return { everywhere: before.everywhere, at };
  // Where a place is forgotten that was left otherwise, what was told of all of them is no longer known to hold anywhere else.
  return { everywhere: null, at: new Map([...at].slice(-MOST_PLACES)) };
}

/** Whether all that a mutation tells was there already, in every place that it is about. Of a place nobody told of it was not. */
export function isAsLeft(mutation: Content & { readonly scopes: Where }, { everywhere, at }: Left): boolean {
  const { scopes } = mutation;
  const there =
    scopes === null ? [everywhere, ...at.values()] : placesOf(scopes).map((one) => at.get(one) ?? everywhere);
  return there.every((content) => content !== null && isSame(mutation, content));
}

export const isSame = (mutation: Content, last: Content): boolean =>
  mutation.effect === last.effect && tellsSame(mutation.with, last.with);

const placesOf = (where: NonNullable<Where>): string[] =>
  where.flatMap(({ scope, members }) => members.map((member) => `${scope}/${member}`));
