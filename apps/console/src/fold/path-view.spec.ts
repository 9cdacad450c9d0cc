import { MUTATION_TYPE, type Entry, type MutationData } from '@causeway/contracts';
import { GoneAround, type ToldLedger } from '@causeway/testkit';
import type { FoundMutation } from '../store/mutation-store';
import { absentSequence, foldEntry, foldMatch, type Folded } from './folded';
import type { Makers } from './made-by';
import { diffView, effectiveView, exposureView, lackingView, pathView } from './path-view';
import { recordedOf } from './recorded';

/** The one sequence of a told ledger as the projector folds it, and the mutations behind it. */
function foldedOf(ledger: ToldLedger, id: string): { folded: Folded; makers: Makers } {
  const mutations = new Map<string, MutationData>();
  const makers = new Map<string, FoundMutation>();
  let folded = absentSequence(id, 0);
  for (const text of ledger.entries) {
    const entry = recordedOf(JSON.parse(text) as Entry, text);
    const { message, index, eventId, recordedAt } = entry;
    if (entry.sequenceId === id) folded = foldEntry(folded, entry);
    if (message.type === MUTATION_TYPE) {
      mutations.set(eventId, message.data);
      makers.set(eventId, { index, id: eventId, recordedAt, data: message.data, classIndex: null, classified: null });
    }
    if (message.type === 'causeway.mutation.classified.v1' && message.data.match)
      folded = foldMatch(folded, message, mutations.get(message.data.mutation) as MutationData, index);
  }
  return { folded, makers };
}

function answersOf(story: GoneAround) {
  const { folded, makers } = foldedOf(story.ledger, story.sequence.id);
  if (!folded.path) throw new Error('nothing is watched');
  return { state: folded.path, makers };
}

describe('while eu-west lags and the flag was switched there by hand', () => {
  const { state, makers } = answersOf(new GoneAround().untilHeld());

  it('an open window says how long by now, who lacks what, and whose work it is', () => {
    expect(exposureView(state, makers).summary).toBe(
      'Flag is effective in eu-west, for 200 ms (+-400 ms) by now, while gw-eu-1 and gw-eu-2 do not show gateway; ' +
        'it was made so by release-team (token personal, from 10.0.0.7) at 12:00:04Z.',
    );
  });

  it('the members that lack a step are named', () => {
    expect(lackingView(state, 'gateway')?.summary).toBe(
      '2 of 3 members lack gateway: gw-eu-1 (eu-west) and gw-eu-2 (eu-west).',
    );
    expect(lackingView(state, 'idp-roles')?.summary).toBe('Its one member shows idp-roles.');
    expect(lackingView(state, 'nope')).toBeNull();
  });

  it('a path says what is not effective yet', () => {
    expect(pathView(state, 'eu-west', makers).summary).toBe(
      'eu-west: idp-roles -> flag, not as planned: flag came before gateway. Not effective everywhere there: gateway.',
    );
  });

  it('a time before any look says that nobody had looked', () => {
    const { steps, looked, summary } = effectiveView(state, 'eu-west', '2026-01-31T11:59:00.000Z');
    expect([looked, ...steps.map(({ effective }) => effective)]).toEqual([false, 'untold', 'untold', 'untold']);
    expect(summary).toMatch(/ Nobody looked at that moment\.$/);
  });

  it('the time from the first look to the last is looked at, and no other', () => {
    const { at } = new GoneAround();
    const seconds = [0.199, 0.2, 3.8, 60];
    const looked = seconds.map((second) => effectiveView(state, 'eu-west', at(second)).looked);
    expect(looked).toEqual([false, true, true, false]);
  });

  it('a time after the last look tells what was seen last', () => {
    const { summary } = effectiveView(state, 'eu-west', '2026-01-31T12:01:00.000Z');
    expect(summary).toMatch(/ Nobody looked at that moment: this is what was seen last\.$/);
  });
});

describe('at the end', () => {
  const { state, makers } = answersOf(new GoneAround().untilHeld().untilFollowed().untilCompleted());

  it('scopes that went the same way are said to, with no first difference', () => {
    const view = diffView(state, 'us-east', 'us-east', makers);
    expect([view.firstDifference, view.summary]).toEqual([
      null,
      'us-east and us-east went the same way, as far as the looks can tell: idp-roles -> gateway -> flag.',
    ]);
  });

  it('a divergence from the plan says when each was effective', () => {
    expect(pathView(state, 'eu-west', makers).divergences.map(({ words }) => words)).toEqual([
      'flag began to be effective in eu-west by 12:00:04Z; gateway, which it needs, was effective everywhere there only from 12:00:08Z on.',
    ]);
  });

  it('a region that followed has no window', () => {
    const { windows } = exposureView(state, makers);
    expect(windows.map(({ scope }) => scope)).toEqual(['eu-west']);
    expect(windows[0]?.lastedMs).toBe(4_150);
  });
});
