import type { EntryItem } from '@causeway/console-api';
import {
  RECORD_TYPE,
  type EvolutionRecord,
  type FrozenStep,
  type HoldReason,
  type RecordData,
} from '@causeway/contracts';
import type { Paint } from './paint';
import { ageText, clockText, plural } from './words';

type Fact<K extends EvolutionRecord['kind']> = Extract<EvolutionRecord, { kind: K }>;

type StepFact = Exclude<EvolutionRecord, { kind: SequenceFacts }>;
type SequenceFacts =
  | 'sequence-accepted'
  | 'intent-rejected'
  | 'intent-repeated'
  | 'keys-awaited'
  | 'keys-taken'
  | 'gate-opened'
  | 'gate-held'
  | 'mutation-noticed'
  | 'sequence-resumed'
  | 'sequence-aborted'
  | 'sequence-ended'
  | 'input-refused';

/**
 * Tells a sequence's ledger entries as lines that a tired person understands: time, what happened, to what. Only decisions are told;
 * the readings and commands behind them are in the ledger.
 */
export class Narrator {
  private steps: readonly FrozenStep[] = [];
  private waitedForKeys = false;

  constructor(private readonly paint: Paint) {}

  linesOf({ type, message }: EntryItem): string[] {
    if (type !== RECORD_TYPE) return [];
    const { data } = message as unknown as { readonly data: RecordData };
    return data.records.flatMap((fact) => this.tell(fact));
  }

  private tell(fact: EvolutionRecord): string[] {
    switch (fact.kind) {
      case 'sequence-accepted':
        return this.accepted(fact);
      case 'intent-rejected':
        return this.rejected(fact);
      case 'intent-repeated':
        return [this.line(fact.at, 'repeated', 'this intent is known; nothing is applied again')];
      case 'keys-awaited':
        // The gates that it holds tell the rest.
        this.waitedForKeys = true;
        return [];
      case 'keys-taken':
        return this.waitedForKeys ? [this.line(fact.at, 'its turn', 'nobody is before it at its conflict keys')] : [];
      case 'gate-opened':
        return this.opened(fact);
      case 'gate-held':
        return this.held(fact);
      case 'sequence-ended':
        return [this.line(fact.at, fact.outcome === 'failed' ? 'failed' : 'ended', ENDINGS[fact.outcome])];
      case 'mutation-noticed':
        return [this.line(fact.at, fact.holds ? 'HELD' : 'noticed', noticedWords(fact))];
      case 'sequence-resumed':
        return [this.line(fact.at, 'resumed', `${fact.by}: ${fact.reason}`)];
      case 'sequence-aborted':
        return [this.line(fact.at, 'aborted', `${fact.by}: ${fact.reason}; nothing more is commanded`)];
      case 'input-refused':
        return [this.line(fact.at, 'ignored', `a ${fact.type} was not believed: ${fact.message}`)];
      default:
        return this.tellStep(fact);
    }
  }

  private tellStep(fact: StepFact): string[] {
    const { step, at } = fact;
    switch (fact.kind) {
      case 'step-commanded':
        return [
          this.line(
            at,
            fact.verb === 'apply' ? 'ordered' : 'look-up',
            `${step} at ${this.targetOf(step)}${again(fact.attempt)}`,
          ),
        ];
      case 'step-applied': {
        const how = fact.settledByLookUp
          ? 'found there by a look-up'
          : fact.changed
            ? 'changed'
            : 'already so, nothing written';
        return [this.line(at, 'applied', `${step}: ${how}`)];
      }
      case 'duplicate-suspected':
        return [this.line(at, 'twice?', `${step}: ${fact.reason}`)];
      case 'step-settled': {
        const what = fact.applied ? 'took effect' : 'did not take effect';
        return [this.line(at, 'settled', `${step}: ${fact.by} says that it ${what}: ${fact.reason}`)];
      }
      case 'outcome-unknown':
        return [this.line(at, 'unknown', `${step}: ${fact.reason}; a look-up settles it, never a second try`)];
      case 'step-not-applied':
        return [this.line(at, fact.final ? 'failed' : 'again', `${step}: ${fact.code}: ${fact.message}`)];
      case 'scope-ready':
        return [this.line(at, 'ready', `${step} in ${fact.shown.scope} (seen ${clockText(fact.shown.effectiveAt)})`)];
      case 'scope-withdrawn':
        return [this.line(at, 'withdrawn', `${step} in ${fact.scope} no longer shows the change`)];
      case 'step-ready':
        return [
          this.line(at, 'ready', `${step} is ${fact.rung} in ${fact.scopes.map(({ scope }) => scope).join(', ')}`),
        ];
      case 'step-overdue':
        return [
          this.line(at, 'overdue', `${step} is not ready after ${ageText(fact.withinMs)}; its gate stays closed`),
        ];
      case 'step-previewed':
        return [this.line(at, 'preview', `${step}: ${fact.state}`)];
      case 'probe-requested':
        return [];
    }
  }

  private accepted({ steps, plan, at, mode, planDigest }: Fact<'sequence-accepted'>): string[] {
    this.steps = steps;
    const what = mode === 'preview' ? 'preview of plan' : 'plan';
    return [
      this.line(
        at,
        'accepted',
        `${what} ${plan.metadata.name}, ${plural(steps.length, 'step')}, digest ${planDigest.slice(0, 12)}`,
      ),
    ];
  }

  private rejected({ at, code, problems }: Fact<'intent-rejected'>): string[] {
    const lines = problems.map(({ pointer, message, hint }) =>
      detail(`${pointer || '/'}: ${message}${hint ? ` (${hint})` : ''}`),
    );
    return [this.line(at, 'rejected', `the plan was refused: ${code}`), ...lines];
  }

  private opened({ step, evidence, at }: Fact<'gate-opened'>): string[] {
    const name = step ?? 'the end';
    if (evidence.length === 0) return [this.line(at, 'gate open', `${name}: it needs nothing before it`)];
    const shown = evidence.map((one) => `${one.step} is ready in ${one.scopes.map(({ scope }) => scope).join(', ')}`);
    return [this.line(at, 'gate open', `${name}: ${shown.join('; ')}`)];
  }

  private held({ step, because, at }: Fact<'gate-held'>): string[] {
    const needs = [...new Set(because.map(needOf))].join(', ');
    return [
      this.line(at, 'HELD', `${step ?? 'the end'} waits for ${needs}`),
      ...because.map((reason) => detail(this.reason(reason))),
    ];
  }

  private reason({ step, scope, member, reason, detail: why, since, lastReadingAt }: HoldReason): string {
    if (member === null) return `${why}, since ${clockText(since)}`;
    const seen = lastReadingAt === null ? 'never seen' : `last seen ${clockText(lastReadingAt)}`;
    return `${scope}/${member}  ${reason}: ${why} (${step}; since ${clockText(since)}, ${seen})`;
  }

  private line(at: string, word: string, text: string): string {
    return `${this.paint.dim(clockText(at))}  ${this.colour(word)(word.padEnd(10))} ${text}`;
  }

  private colour(word: string): (text: string) => string {
    if (word === 'HELD' || word === 'overdue' || word === 'again' || word === 'withdrawn') return this.paint.wait;
    if (word === 'failed' || word === 'aborted' || word === 'rejected' || word === 'unknown' || word === 'ignored')
      return this.paint.bad;
    return word === 'ready' || word === 'gate open' || word === 'ended' ? this.paint.good : this.paint.strong;
  }

  private targetOf(id: string): string {
    return this.steps.find((step) => step.id === id)?.target ?? 'its target';
  }
}

const ENDINGS = {
  completed: 'the sequence is completed',
  failed: 'the sequence failed',
  aborted: 'the sequence was aborted',
  previewed: 'the preview is complete',
} as const;

const noticedWords = ({ target, class: its, actor, detail: why }: Fact<'mutation-noticed'>): string =>
  `${target} was changed by ${actor ?? 'somebody unknown'} (${its}): ${why}`;

function needOf({ reason, step }: HoldReason): string {
  if (reason === 'conflict') return 'another sequence';
  return reason === 'not-begun' || reason === 'out-of-sequence' || reason === 'stopped' ? 'an operator' : step;
}

const again = (attempt: number): string => (attempt > 1 ? ` (attempt ${attempt})` : '');

/** Under the text column: clock (9) + two spaces + word (10) + one. */
const detail = (text: string): string => `${' '.repeat(22)}${text}`;
