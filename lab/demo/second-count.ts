/**
 * The exposures that the probers' looks show, counted a second time and in another way than Causeway does: from the exported ledger's
 * sightings alone, member against member. It knows this one plan and what it looks like, and shares no code with Causeway.
 */
import { REGIONS } from '../systems/regions';

type Values = Readonly<Record<string, unknown>>;

/** What one look showed at one member, as the ledger has it. */
export interface Sight {
  readonly step: string;
  readonly scope: string;
  readonly member: string;
  readonly notBefore: string | null;
  readonly seenAt: string;
  readonly outcome: { readonly kind: string; readonly values?: Values };
}

/** A time in which looks surely show the later step at some member while some member lacks the earlier one. */
export interface SeenExposure {
  readonly scope: string;
  readonly earlier: string;
  readonly later: string;
  readonly fromMs: number;
  /** Infinity: up to the last look. */
  readonly toMs: number;
}

/** In the order of the plan, each with what it looks like once it is in effect. */
const STEPS: readonly (readonly [step: string, shows: (values: Values) => boolean])[] = [
  ['idp-roles', ({ roles }) => Array.isArray(roles) && roles.includes('policy-reader')],
  ['app', (values) => values['body.version'] === '1.1.0'],
  ['gateway', (values) => values['header.x-policy'] === 'auditor' && values['status'] === 200],
  ['flag', (values) => values['flag.new-authorization'] === true],
];

/** @param sights of one sequence, in ledger order */
export function seenExposures(sights: readonly Sight[]): SeenExposure[] {
  const pairs = STEPS.flatMap((later, i) => STEPS.slice(0, i).map((earlier) => [earlier, later] as const));
  return REGIONS.flatMap((scope) =>
    pairs.flatMap(([[earlier, shows], [later, laterShows]]) => {
      const lacking = timesOf(sights, scope, earlier, (values) => !shows(values));
      const there = timesOf(sights, scope, later, laterShows);
      const both = lacking.flatMap((a) => there.flatMap((b) => overlap(a, b)));
      return both.map(([fromMs, toMs]) => ({ scope, earlier, later, fromMs, toMs }));
    }),
  );
}

type Time = readonly [fromMs: number, toMs: number];

/** Each time in which a member surely was so: from the answer that says it until the look began that says otherwise. */
function timesOf(sights: readonly Sight[], region: string, step: string, is: (values: Values) => boolean): Time[] {
  const own = sights.filter((sight) => sight.step === step && (sight.scope === region || sight.scope === 'global'));
  return [...new Set(own.map(({ member }) => member))].flatMap((member) => {
    const looks = own.filter((sight) => sight.member === member);
    return looks.flatMap(({ outcome, seenAt }, i): Time[] => {
      const next = looks[i + 1];
      const until = next ? Date.parse(next.notBefore ?? next.seenAt) : Number.POSITIVE_INFINITY;
      return outcome.values && is(outcome.values) ? [[Date.parse(seenAt), until]] : [];
    });
  });
}

function overlap([a, b]: Time, [c, d]: Time): Time[] {
  const both: Time = [Math.max(a, c), Math.min(b, d)];
  return both[0] < both[1] ? [both] : [];
}

/** A window as the outcome file has it: from its earliest to its latest moment. */
export interface ReportedWindow {
  readonly scope: string;
  readonly earlier: string;
  readonly later: string;
  readonly from: string;
  readonly to: string | null;
}

/** Windows that nobody saw, and exposures that no window holds; nothing: the two counts agree. */
export function countDiffers(seen: readonly SeenExposure[], windows: readonly ReportedWindow[]): string[] {
  const holds = (window: ReportedWindow, one: SeenExposure): boolean =>
    window.scope === one.scope &&
    window.earlier === one.earlier &&
    window.later === one.later &&
    Date.parse(window.from) <= one.fromMs &&
    (window.to === null || one.toMs <= Date.parse(window.to));
  const words = ({ scope, earlier, later }: ReportedWindow | SeenExposure): string =>
    `${later} without ${earlier} in ${scope}`;
  return [
    ...windows.filter((window) => !seen.some((one) => holds(window, one))).map((one) => `nobody saw: ${words(one)}`),
    ...seen
      .filter((one) => !windows.some((window) => holds(window, one)))
      .map((one) => `in no window: ${words(one)}, from ${new Date(one.fromMs).toISOString()}`),
  ];
}

const SIGHTING = 'causeway.sighting.made.v1';

/** The sights of a sequence in an exported ledger, in its order. */
export function sightsOf(ledger: string, sequenceId: string): Sight[] {
  const lines = ledger.split('\n').filter((line) => line.includes(SIGHTING));
  return lines.flatMap((line) => {
    const { data } = JSON.parse(line) as { data: { eventType: string; value: string } };
    if (data.eventType !== SIGHTING) return [];
    const said = JSON.parse(data.value) as { data: { sequenceId: string; sights: Sight[] } };
    return said.data.sequenceId === sequenceId ? said.data.sights : [];
  });
}
