import type { EvolutionRecord, HoldReason } from '@causeway/contracts';
import { holdsIn } from './holds';

const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
const reason = (member: string | null, since: number, why: HoldReason['reason'] = 'not-yet'): HoldReason => ({
  ...{ step: 'gateway', scope: member && 'eu-west', member, verdict: 'not-ready', reason: why },
  ...{ detail: '', since: at(since), lastReadingAt: null },
});
const held = (second: number, ...because: HoldReason[]): EvolutionRecord => ({
  kind: 'gate-held',
  ...{ step: 'flag', because, at: at(second) },
});
const opened = (second: number): EvolutionRecord => ({
  kind: 'gate-opened',
  ...{ step: 'flag', evidence: [], at: at(second) },
});
const lasted = (records: readonly EvolutionRecord[]) =>
  holdsIn(records).flatMap(({ step, reasons }) =>
    reasons.map(({ member, since, until }) => [step, member, since, until]),
  );

it('a reason lasts from when it began until the gate is held without it, or opens', () => {
  const records = [held(1, reason('one', 1), reason('two', 1)), held(2, reason('two', 1)), opened(3)];
  expect(lasted(records)).toEqual([
    ['flag', 'one', at(1), at(2)],
    ['flag', 'two', at(1), at(3)],
  ]);
});

it('a reason that comes back is another one, and what still holds has no end', () => {
  const records = [held(1, reason('one', 1)), opened(2), held(3, reason('one', 3))];
  expect(lasted(records)).toEqual([
    ['flag', 'one', at(1), at(2)],
    ['flag', 'one', at(3), null],
  ]);
});

it("an operator's word ends what waited for it, and nothing else", () => {
  const resumed: EvolutionRecord = {
    kind: 'sequence-resumed',
    ...{ decision: '', accepted: [], by: 'operator', reason: '', at: at(2) },
  };
  const records = [held(1, reason('one', 1), reason(null, 1, 'out-of-sequence')), resumed, opened(3)];
  expect(lasted(records)).toEqual([
    ['flag', 'one', at(1), at(3)],
    ['flag', null, at(1), at(2)],
  ]);
});
