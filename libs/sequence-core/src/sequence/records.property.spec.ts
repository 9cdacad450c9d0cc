import type { EvolutionRecord, MutationData } from '@causeway/contracts';
import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import fc from 'fast-check';
import { ClaimBook, recordsOf } from '../index';
import { jsonBytes } from '../json-bytes';

const MOST = 240 * 1024;
const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const AROUND = {
  ...{ id: idOf(1), type: 'causeway.record.decided.v1', source: '/sequencer', subject: idOf(2) },
  ...{ time: '2026-01-01T00:00:00.000Z', correlationId: idOf(2), causationIds: [idOf(3), idOf(4)] },
};
const messageBytes = (data: unknown): number => jsonBytes({ ...AROUND, data });

/** Knows how large the largest message of its decisions is, and the most facts that a gate has named. */
class MeasuredStory extends SequenceStory {
  largest = 0;
  override when(input: Parameters<SequenceStory['when']>[0]): EvolutionRecord[] {
    const before = this.orders.length;
    const facts = super.when(input);
    const records = recordsOf(facts);
    expect(records.flat()).toEqual(facts);
    const orders = this.orders.slice(before).map(({ data }) => data);
    const data = [
      ...records.map((one) => ({ sequenceId: idOf(2), epoch: 1, version: 99_999, records: one })),
      ...orders,
    ];
    this.largest = Math.max(this.largest, ...data.map(messageBytes));
    return facts;
  }
}

const SHAPES = {
  chain: (i: number) => (i === 0 ? [] : [i - 1]),
  parallel: () => [],
  'one before all': (i: number) => (i === 0 ? [] : [0]),
  'all before one': (i: number, n: number) => (i === n - 1 ? [...Array(n - 1).keys()] : []),
  halves: (i: number, n: number) => (i < n / 2 ? [] : [...Array(Math.ceil(n / 2)).keys()]),
};
type Shape = keyof typeof SHAPES;
const LONG = '\u20ac'.repeat(2_000);

/** Steps at targets of their own. @param width of every name, characters */
function planned(shape: Shape, steps: number, scopes: number, members: number, width = 1) {
  const nameOf = (what: string, i: number): string => `${what}-${i}`.padEnd(width, 'x');
  const scopeNames = [...Array(scopes).keys()].map((i) => nameOf('scope', i));
  const memberNames = [...Array(members).keys()].map((i) => nameOf('member', i));
  const registered = Object.fromEntries(scopeNames.map((scope) => [scope, memberNames]));
  const ids = [...Array(steps).keys()];
  const step = (i: number) => ({
    target: nameOf('target', i),
    needs: SHAPES[shape](i, steps).map((n) => nameOf('step', n)),
  });
  return {
    plan: examplePlan(Object.fromEntries(ids.map((i) => [nameOf('step', i), step(i)])), scopeNames),
    targets: new Map(ids.map((i) => [nameOf('target', i), exampleTarget(nameOf('target', i), registered)] as const)),
    places: scopeNames.flatMap((scope) => memberNames.map((member) => `${scope}/${member}`)),
  };
}

const commanded = (story: SequenceStory): string[] =>
  story.state.status === 'open'
    ? Object.entries(story.state.steps).flatMap(([id, { phase }]) => (phase === 'commanded' ? [id] : []))
    : [];

const mutation = (target: string): MutationData =>
  ({ target, resource: LONG, effect: 'set', by: { kind: 'other' }, actor: { name: null }, scopes: null }) as never;

/** Everything that makes a hold long: members that do not answer, a silent prober, failed attempts, mutations. */
function troubled(story: SequenceStory, places: readonly string[]): void {
  const first = commanded(story).slice(0, 4);
  for (const id of first) {
    story.applied(id);
    story.reading(id, Object.fromEntries(places.map((place) => [place, null])));
  }
  story.after(20_000);
  for (const id of commanded(story).slice(0, 30)) story.result(id, { kind: 'refused', code: 'no', message: LONG });
  const target = story.command(first[0] as string).data.target;
  story.mutation(mutation(target), {});
  for (const id of first) story.reading(id, Object.fromEntries(places.map((place) => [place, { value: 'old' }])));
}

describe('what is decided fits its messages', () => {
  it('whatever shape, width and depth a plan has', () => {
    const size = {
      steps: fc.constantFrom(1, 20, 60, 200),
      scopes: fc.constantFrom(1, 6, 64),
      members: fc.constantFrom(1, 6, 24, 64),
      width: fc.constantFrom(1, 63),
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(SHAPES) as Shape[])),
        fc.record(size),
        (shape, { steps, scopes, members, width }) => {
          const { plan, targets, places } = planned(shape, steps, scopes, members, width);
          const claims = new ClaimBook([], 0);
          const story = new MeasuredStory(targets, idOf(1), claims);
          const second = new MeasuredStory(targets, idOf(2), claims);
          story.intent(plan);
          second.intent(plan);
          if (story.state.status === 'open') troubled(story, places);
          expect(story.largest).toBeLessThanOrEqual(MOST);
          expect(second.largest).toBeLessThanOrEqual(MOST);
        },
      ),
      { numRuns: 25, seed: 7, examples: EXAMPLES },
    );
  });

  it('names every step, and says how many more members lag', () => {
    const { plan, targets, places } = planned('one before all', 200, 1, 6);
    const story = new MeasuredStory(targets);
    story.intent(plan);
    const [id] = commanded(story) as [string];
    story.applied(id);
    const held = story.reading(id, Object.fromEntries(places.map((place) => [place, { value: 'old' }])));
    const because = held.flatMap((fact) => (fact.kind === 'gate-held' ? [fact.because] : []));
    expect(because).toHaveLength(199);
    expect(because[0]?.map(({ member, detail }) => member ?? detail)).toEqual([
      ...places.slice(0, 4).map((place) => place.split('/')[1]),
      'and 2 more of it',
    ]);
    const again = story.reading(id, Object.fromEntries(places.map((place) => [place, { value: 'older' }])));
    expect(again).toEqual([]);
    const fewer = places.map((place, i) => [place, { value: i === 5 ? 'new' : 'old' }] as const);
    expect(story.reading(id, Object.fromEntries(fewer))[0]).toMatchObject({
      because: [{}, {}, {}, {}, { member: expect.stringMatching('member-4') as string }],
    });
  });

  it('keeps what it named of other steps, and counts the steps that it cannot name', () => {
    const { plan, targets, places } = planned('halves', 20, 1, 64);
    const story = new MeasuredStory(targets);
    story.intent(plan);
    const seen = Object.fromEntries(places.map((place) => [place, { value: 'old' }]));
    const first = commanded(story);
    for (const id of first) story.applied(id);
    for (const id of first) story.reading(id, seen);
    for (const id of first) expect(story.reading(id, seen)).toEqual([]);
  });
});

const EXAMPLES: [Shape, { steps: number; scopes: number; members: number; width: number }][] = [
  ['one before all', { steps: 200, scopes: 1, members: 6, width: 1 }],
  ['one before all', { steps: 50, scopes: 1, members: 24, width: 1 }],
  ['parallel', { steps: 120, scopes: 1, members: 1, width: 1 }],
  ['all before one', { steps: 60, scopes: 6, members: 1, width: 1 }],
  ['halves', { steps: 60, scopes: 1, members: 6, width: 1 }],
  ['chain', { steps: 1, scopes: 64, members: 24, width: 63 }],
];
