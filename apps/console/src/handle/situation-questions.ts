import type { AsOfPage, UpstreamAnswer, UpstreamItem, WaitingItem } from '@causeway/console-api';
import type { Database } from '@causeway/persistence';
import type { PathState } from '@causeway/sequence-core';
import { explain } from '../fold/explain';
import type { Folded } from '../fold/folded';
import { gatesOf } from '../fold/gates';
import { makerIds } from '../fold/made-by';
import { isExplained, type Owners } from '../fold/mutations';
import { effectiveItems, mutationChange, upstreamSteps } from '../fold/upstream';
import { viewOf } from '../fold/view';
import { waitingOf } from '../fold/waiting';
import { span } from '../fold/words';
import { findMutations, lastIndex, mutationsIn } from '../store/mutation-store';
import { listOpen, sequencesAbout } from '../store/question-store';
import { cursorOf, positionsIn } from './cursor';
import { pathStateOf } from './path-questions';

/** Sequences that an upstream answer looks at, the latest; and the most changes it lists. */
const MOST_SEQUENCES = 100;
const MOST_CHANGES = 500;

/** What people ask in the middle of an incident, over all sequences. */
export class SituationQuestions {
  constructor(
    private readonly database: Database,
    private readonly owners: Owners,
    /** Unix milliseconds. */
    private readonly now: () => number,
  ) {}

  /** What each open sequence waits for, the newest first. A page counts sequences. */
  async waiting(limit: number, cursor: string | undefined): Promise<AsOfPage<WaitingItem>> {
    const before = positionsIn(cursor, 1)?.[0] ?? null;
    const asOf = await lastIndex(this.database);
    const found = await listOpen(this.database, before, limit + 1);
    const open = found.slice(0, limit);
    const last = open.at(-1);
    return {
      asOf,
      items: open.flatMap((folded) => this.waitingFor(folded)),
      nextCursor: found.length > limit && last ? cursorOf(last.firstIndex) : null,
    };
  }

  private waitingFor(folded: Folded): WaitingItem[] {
    const view = viewOf(folded, this.now());
    const gates = gatesOf(folded, new Map());
    const owner = folded.state.status === 'open' ? folded.state.acceptance.plan.metadata.owner : '';
    return waitingOf(view, explain(view, gates), gates, owner, this.owners);
  }

  /** What changed in [from, to) at the targets of steps that this target's steps need, in effective order. */
  async upstream(target: string, from: string, to: string): Promise<UpstreamAnswer> {
    const asOf = await lastIndex(this.database);
    const folded = await sequencesAbout(this.database, target, from, MOST_SEQUENCES);
    const states: PathState[] = [];
    for (const one of folded) {
      const state = await pathStateOf(this.database, one);
      if (state && upstreamSteps(state, target).length > 0) states.push(state);
    }
    const upstream = [...new Set(states.flatMap((state) => targetsOf(state, target)))].sort();
    const changes = [...(await this.effective(states, target)), ...(await this.mutations(upstream, from, to))];
    const inside = changes.filter(({ at }) => at >= from && at < to).sort(byTime);
    const items = inside.slice(-MOST_CHANGES);
    const sequences = states.map(({ sequenceId }) => sequenceId);
    const answer = { target, from, to, upstream, sequences, items, more: inside.length > items.length };
    return { asOf, ...answer, summary: summaryOf(answer) };
  }

  private async effective(states: readonly PathState[], target: string): Promise<UpstreamItem[]> {
    const found = await findMutations(this.database, [...new Set(states.flatMap(makerIds))]);
    const makers = new Map(found.map((one) => [one.id, one]));
    return states.flatMap((state) => effectiveItems(state, upstreamSteps(state, target), makers));
  }

  /** Our own work in its turn is told by what it made effective. */
  private async mutations(targets: readonly string[], from: string, to: string): Promise<UpstreamItem[]> {
    if (targets.length === 0) return [];
    const found = await mutationsIn(this.database, targets, from, to, MOST_CHANGES + 1);
    return found
      .filter((one) => !(one.data.by.kind === 'executor' && isExplained(one)))
      .map((one) => mutationChange(one, isExplained(one)));
  }
}

const targetsOf = (state: PathState, target: string): string[] =>
  upstreamSteps(state, target).flatMap((id) => state.steps[id]?.target ?? []);

const byTime = (a: UpstreamItem, b: UpstreamItem): number =>
  Date.parse(a.at) - Date.parse(b.at) || Number(a.index) - Number(b.index);

function summaryOf({ target, upstream, items, from, to }: Omit<UpstreamAnswer, 'asOf' | 'summary'>): string {
  const time = `the last ${span(Date.parse(to) - Date.parse(from))}`;
  if (upstream.length === 0)
    return `No sequence that is open or ran in ${time} says that ${target} needs anything before it.`;
  const where = `upstream of ${target} (${upstream.join(', ')})`;
  if (items.length === 0) return `Nothing is known to have changed ${where} in ${time}.`;
  const unexplained = items.filter(({ explained }) => !explained).length;
  const changes = `${items.length} ${items.length === 1 ? 'change' : 'changes'} ${where} in ${time}`;
  return `${changes}${unexplained > 0 ? `, ${unexplained} of them not explained by a plan` : ', all explained by plans'}.`;
}
