import fc from 'fast-check';
import { slowWhole, slowWindows, type PlainMember, type PlainSight, type PlainSpan } from '../../spec/slow-path';
import { at, WatchedStory } from '../../spec/watched-story';
import { exposureWindows, scopePath, type Bounds } from '../index';

const RUNS = { numRuns: 400 };
const MEMBERS = ['a', 'b'];

/** Looks of one member one after another; a look may have begun before the one before it was answered. */
const member: fc.Arbitrary<PlainMember> = fc
  .array(
    fc.record({
      value: fc.constantFrom('new', 'old', 'new', 'old', null),
      pause: fc.integer({ min: 1, max: 12 }),
      width: fc.integer({ min: 1, max: 14 }),
    }),
    { maxLength: 7 },
  )
  .map((looks) => {
    const sights: PlainSight[] = [];
    for (const { value, pause, width } of looks) {
      const last = sights.at(-1);
      if (last?.value === value) continue;
      const seenAt = (last?.seenAt ?? 0) + pause;
      const notBefore = last ? Math.max(seenAt - width, last.notBefore ?? 0) : null;
      sights.push({ value: value as PlainSight['value'], notBefore, seenAt });
    }
    return sights;
  });
const members = fc.tuple(member, member);

function storyOf(earlier: readonly PlainMember[], later: readonly PlainMember[]): WatchedStory {
  const scopes = { here: MEMBERS };
  const story = new WatchedStory(['here'], { earlier: { scopes }, later: { needs: ['earlier'], scopes } });
  for (const [step, sighted] of [
    ['earlier', earlier],
    ['later', later],
  ] as const)
    sighted.forEach((sights, i) =>
      sights.forEach(({ value, notBefore, seenAt }) =>
        story.sees(step, `here/${MEMBERS[i]}`, value, notBefore, seenAt),
      ),
    );
  return story;
}

const told = ([notBefore, seenAt]: PlainSpan['from']): Bounds => ({
  notBefore: notBefore === -Infinity ? null : at(notBefore),
  seenAt: at(seenAt),
});
const toldSpan = ({ from, to }: PlainSpan) => ({ from: told(from), to: to[1] === Infinity ? null : told(to) });

describe('what is computed from bounds', () => {
  it('has the windows that asking at every moment gives (P2, P3, P5)', () => {
    fc.assert(
      fc.property(members, members, (earlier, later) => {
        const { windows } = exposureWindows(storyOf(earlier, later).known);
        expect(windows.map(({ from, to }) => ({ from, to }))).toEqual(slowWindows(earlier, later).map(toldSpan));
      }),
      RUNS,
    );
  });

  it('has the stretches in which a step was effective in all members (P4)', () => {
    fc.assert(
      fc.property(members, (sighted) => {
        const [step] = scopePath(storyOf(sighted, [[], []]).known, 'here').steps;
        const spans = step?.spans.map(({ from, to }) => ({ from, to })) ?? [];
        expect(spans).toEqual(slowWhole(sighted).map(toldSpan));
      }),
      RUNS,
    );
  });

  it('is the same after a way through JSON (P1)', () => {
    fc.assert(
      fc.property(members, members, (earlier, later) => {
        const story = storyOf(earlier, later);
        const known = exposureWindows(story.known);
        expect(exposureWindows(JSON.parse(JSON.stringify(story.known)) as typeof story.known)).toEqual(known);
      }),
      RUNS,
    );
  });
});
