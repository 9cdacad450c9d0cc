/** How an executor's leases, claims and observer stand. Pure. */
import { ok, spanText, wrong, type Finding } from '@causeway/self-check';
import type { ClaimsState, ObservingState } from './claims-state';

/** Who comes next takes claims over within a lease and a tick. */
const UNHELD_MS = 15_000;
/** Longer than any call to a target may take. */
const HELD_MS = 300_000;
/** Sweeps are seconds apart. */
const UNTOLD_MS = 120_000;

export function judgeClaims(service: string, state: ClaimsState): Finding[] {
  const findings = [...noLease(service, state), ...lateClaims(service, state)];
  if (findings.length > 0) return findings;
  return [ok('leases', service, `${state.living} at work, ${state.held + state.unheld} claims`)];
}

function noLease(service: string, { living, lastHeardMs }: ClaimsState): Finding[] {
  if (living > 0) return [];
  const since = lastHeardMs === null ? '' : `, the last was heard ${spanText(lastHeardMs)} ago`;
  const remedy = `start ${service}: it takes up what was left, and looks at the target before it writes`;
  return [wrong('failing', 'leases', service, `no process holds a lease${since}: no command is carried out`, remedy)];
}

function lateClaims(service: string, { unheld, oldestUnheldMs, held, oldestHeldMs }: ClaimsState): Finding[] {
  const findings: Finding[] = [];
  if ((oldestUnheldMs ?? 0) > UNHELD_MS && unheld > 0)
    findings.push(
      wrong(
        'failing',
        'claims',
        service,
        `${unheld} commands were taken and are nobody's, the oldest ordered ${spanText(oldestUnheldMs ?? 0)} ago`,
        `start ${service}; when one runs, its log says why it does not take them over`,
      ),
    );
  if ((oldestHeldMs ?? 0) > HELD_MS)
    findings.push(
      wrong(
        'attention',
        'claims',
        service,
        `${held} commands are under way, the oldest ordered ${spanText(oldestHeldMs ?? 0)} ago`,
        `does its target answer? the log of ${service} names the call; causeway waiting names who waits`,
      ),
    );
  return findings;
}

/** @param observes the target that this process is set to observe, if any */
export function judgeObserving(
  service: string,
  observes: string | undefined,
  states: readonly ObservingState[],
): Finding[] {
  const missing = observes !== undefined && !states.some(({ target }) => target === observes);
  return [
    ...states.map((state) => ofTarget(service, state)),
    ...(missing
      ? [
          wrong(
            'failing',
            'observer',
            observes,
            'was never observed',
            `start ${service}; its log says why it cannot look`,
          ),
        ]
      : []),
  ];
}

function ofTarget(service: string, { target, followed, toldMs }: ObservingState): Finding {
  const until = toldMs === null ? 'nothing was ever told' : `nothing is told of the last ${spanText(toldMs)}`;
  const blind = `${until}: what is done there by hand is not seen`;
  if (!followed)
    return wrong(
      'failing',
      'observer',
      target,
      `nobody follows it, ${blind}`,
      `start ${service} with CAUSEWAY_OBSERVES=${target}`,
    );
  if (toldMs === null || toldMs > UNTOLD_MS)
    return wrong(
      'failing',
      'observer',
      target,
      `${blind} (by the target's own clock)`,
      `can ${service} read the target's history? its log tells; or the target's clock is wrong`,
    );
  return ok('observer', target, '');
}
