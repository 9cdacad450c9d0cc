import { countDiffers, seenExposures, sightsOf, type Sight } from './second-count';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const sight = (step: string, member: string, values: object, notBefore: number | null, seenAt: number): Sight => ({
  ...{ step, scope: 'eu-west', member },
  notBefore: notBefore === null ? null : at(notBefore),
  seenAt: at(seenAt),
  outcome: { kind: 'observed', values: { ...values } },
});
const policy = (member: string, name: string, notBefore: number | null, seenAt: number): Sight =>
  sight('gateway', member, { status: 200, 'header.x-policy': name }, notBefore, seenAt);
const flag = (on: boolean, notBefore: number | null, seenAt: number): Sight =>
  sight('flag', 'client', { 'flag.new-authorization': on }, notBefore, seenAt);

const lagging = [
  policy('gw-eu-1', 'baseline', null, 1),
  policy('gw-eu-2', 'baseline', null, 1),
  flag(false, null, 1),
  flag(true, 5, 6),
  policy('gw-eu-1', 'auditor', 9, 10),
  policy('gw-eu-2', 'auditor', 11, 12),
];
const reported = { scope: 'eu-west', earlier: 'gateway', later: 'flag', from: at(5), to: at(12) };

describe('exposures counted a second time', () => {
  it('are the times in which the flag surely was on and a gateway surely was not ready, member by member', () => {
    expect(seenExposures(lagging).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [Date.parse(at(6)), Date.parse(at(9))],
      [Date.parse(at(6)), Date.parse(at(11))],
    ]);
  });

  it('are none when the flag came after the gateways', () => {
    const inOrder = [...lagging.filter(({ step }) => step === 'gateway'), flag(false, null, 1), flag(true, 13, 14)];
    expect(seenExposures(inOrder)).toEqual([]);
  });

  it('are none when the gateway answered nothing: not knowing is no lack', () => {
    const silent: Sight = { ...policy('gw-eu-1', '', 1, 3), outcome: { kind: 'unreachable' } };
    const looks = [policy('gw-eu-1', 'baseline', null, 1), silent, flag(false, null, 1), flag(true, 5, 6)];
    expect(seenExposures(looks)).toEqual([]);
  });
});

describe("the ledger's windows against that count", () => {
  const seen = seenExposures(lagging);

  it('are the same', () => {
    expect(countDiffers(seen, [reported])).toEqual([]);
  });

  it('differ by one that nobody saw', () => {
    expect(countDiffers(seen, [reported, { ...reported, scope: 'us-east' }])).toEqual([
      'nobody saw: flag without gateway in us-east',
    ]);
  });

  it('differ by one that is missing, or too short', () => {
    expect(countDiffers(seen, [])).toHaveLength(2);
    expect(countDiffers(seen, [{ ...reported, to: at(10) }])).toEqual([
      `in no window: flag without gateway in eu-west, from ${at(6)}`,
    ]);
  });
});

it('an exported ledger gives the sights of the sequence that is asked for', () => {
  const entry = (sequenceId: string): string =>
    JSON.stringify({
      data: {
        eventType: 'causeway.sighting.made.v1',
        value: JSON.stringify({ data: { sequenceId, sights: [flag(true, 5, 6)] } }),
      },
    });
  expect(sightsOf(['head', entry('a'), entry('b'), ''].join('\n'), 'a')).toEqual([flag(true, 5, 6)]);
});
