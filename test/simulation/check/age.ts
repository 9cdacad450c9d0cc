import { durationMs, READING_TYPE, type Target } from '@causeway/contracts';
import type { Evidence, Told } from './evidence';
import { plannedSteps, type PlannedStep } from './plan-of';
import { shownAt, wasShown } from './proof';
import { violation, type Violation } from './violation';

type GateOpened = Extract<Told['fact'], { kind: 'gate-opened' }>;

/** I2: when a gate opens, what it cites was asked for, and seen, no longer ago than evidence for its needs may be old. */
export function* evidenceIsNew(evidence: Evidence): Iterable<Violation> {
  for (const [sequenceId, facts] of evidence.told)
    for (const [i, { fact }] of facts.entries()) {
      if (fact.kind !== 'gate-opened') continue;
      const mostMs = mostAgeMs(needsOf(fact, sequenceId, evidence), evidence);
      for (const { step, ageMs } of agesOf(fact, facts.slice(0, i), evidence))
        if (!(ageMs <= mostMs)) yield violation('I2', `a gate opened on what showed ${step} ${ageMs} ms before`);
    }
}

/** By the sequencer's clock, and by what the prober says of its own looks. */
function* agesOf({ at, evidence: cited }: GateOpened, before: readonly Told[], { byDigest }: Evidence) {
  for (const { step, scopes } of cited)
    for (const { evidence } of scopes) {
      const message = byDigest.get(evidence)?.message;
      if (message?.type !== READING_TYPE) continue;
      const { probeId, sinceAskedMs = 0 } = message.data;
      const asked = before.find(({ fact }) => fact.kind === 'probe-requested' && fact.probeId === probeId)?.fact;
      const sinceMs = Date.parse(at) - Date.parse(asked?.at ?? '');
      yield { step, ageMs: sinceMs >= 0 ? sinceMs - sinceAskedMs : NaN };
    }
}

/** W8: in the world, every member of every need of a gate showed its value within that time before it opened. */
export function* gatesOpenOnTheWorld(evidence: Evidence): Iterable<Violation> {
  const shown = shownAt(evidence.journal);
  for (const [sequenceId, facts] of evidence.told)
    for (const { fact } of facts) {
      if (fact.kind !== 'gate-opened') continue;
      const needs = needsOf(fact, sequenceId, evidence);
      for (const place of placesOf(needs))
        if (!wasShown(shown.get(place.name) ?? [], place.value, windowOf(fact, needs, evidence)))
          yield violation('W8', `a gate opened though ${place.name} had not shown ${place.value} for too long`);
    }
}

/** As wide as wall clocks may have been wrong in this run. */
function windowOf({ at }: GateOpened, needs: readonly PlannedStep[], evidence: Evidence) {
  const { clockErrorMs } = evidence.house;
  const atMs = Date.parse(at);
  return { fromMs: atMs - mostAgeMs(needs, evidence) - 2 * clockErrorMs, toMs: atMs + clockErrorMs };
}

const placesOf = (needs: readonly PlannedStep[]) =>
  needs.flatMap(({ target, resource, value, scopes }) =>
    scopes.flatMap(({ scope, members }) =>
      members.map((member) => ({ name: [target, scope, member, resource].join('/'), value })),
    ),
  );

/** Steps of a gate that were looked at, as they were planned. */
const needsOf = ({ evidence: cited }: GateOpened, sequenceId: string, evidence: Evidence): PlannedStep[] =>
  plannedSteps(evidence, sequenceId).filter(
    ({ id, rung }) => rung !== 'accepted' && cited.some(({ step }) => step === id),
  );

/** As long as readings are fresh, or as it takes to look so often in a row, and to decide: of all needs the longest. */
const mostAgeMs = (needs: readonly PlannedStep[], { house }: Evidence): number =>
  Math.max(0, ...needs.map((step) => ageMs(step, house.registry.get(step.target))));

function ageMs({ consecutive }: PlannedStep, target: Target | undefined): number {
  const { freshness, every, timeout } = target?.spec.probes['look'] as Target['spec']['probes'][string];
  return Math.max(durationMs(freshness), consecutive * Math.max(durationMs(every), durationMs(timeout)) + 5_000);
}
