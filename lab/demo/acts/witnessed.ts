/** Lanes and windows of an act that nobody governs, from what an outside witness saw. */
import { flagPlace, ROLE_PLACE, shopPlace, type Sighting, type Witness } from '../../witness/places';
import { isDenied, type UserRequest } from '../../witness/users';
import { GATEWAYS, REGIONS, type Region } from '../../systems/regions';
import type { Exposure, Lane, Moment, Span } from '../report/data';
import { isWithin } from '../within';

export function witnessedLanes(witness: Witness): Lane[] {
  return [
    { system: 'idp', region: null, spans: spansOf([first(witness, ROLE_PLACE, 'given')], 'policy-reader') },
    ...REGIONS.flatMap((region): Lane[] => [
      { system: 'shop', region, spans: spansOf([first(witness, shopPlace(region), '1.1.0')], '1.1.0') },
      { system: 'edge', region, spans: spansOf(policyAt(witness, region), 'auditor') },
      { system: 'flags', region, spans: spansOf([first(witness, flagPlace(region), 'on')], 'on') },
    ]),
  ];
}

const first = (witness: Witness, place: string, value: string): Moment | null => momentOf(witness.first(place, value));

const momentOf = (sighting: Sighting | null): Moment | null =>
  sighting && { notBefore: sighting.notBeforeMs, seenAt: sighting.firstSeenMs };

const policyAt = (witness: Witness, region: Region): (Moment | null)[] =>
  GATEWAYS[region].map((name) => first(witness, name, 'auditor'));

/** From the first member that showed it only partly, from the last one on fully. */
function spansOf(members: readonly (Moment | null)[], text: string): Span[] {
  const seen = members.filter((moment) => moment !== null).sort((a, b) => a.seenAt - b.seenAt);
  const [earliest, latest] = [seen[0], seen.at(-1)];
  if (!earliest || !latest) return [];
  if (seen.length < members.length) return [{ state: 'partly', from: earliest, to: null, text }];
  const partly: Span[] = earliest === latest ? [] : [{ state: 'partly', from: earliest, to: latest, text }];
  return [...partly, { state: 'fully', from: latest, to: null, text }];
}

/** In each region, from the flag's first being on to the last gateway's policy, when it was in that order. */
export function witnessedExposures(witness: Witness, requests: readonly UserRequest[]): Exposure[] {
  return REGIONS.flatMap((region): Exposure[] => {
    const from = first(witness, flagPlace(region), 'on');
    const to = policyAt(witness, region).reduce((a, b) => (a && b ? (a.seenAt > b.seenAt ? a : b) : null));
    if (!from || (to && to.seenAt <= from.seenAt)) return [];
    const denied = requests.filter((one) => one.region === region && isDenied(one) && isWithin(one, { from, to }));
    return [
      {
        region,
        earlier: { step: 'gateway', system: 'edge' },
        later: { step: 'flag', system: 'flags' },
        ...{ from, to },
        certaintyMs: Math.max(width(from), to ? width(to) : 0),
        denied: denied.length,
      },
    ];
  });
}

const width = ({ notBefore, seenAt }: Moment): number => seenAt - (notBefore ?? seenAt);
