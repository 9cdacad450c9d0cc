import {
  DECISION_TYPE,
  principalOf,
  RESULT_TYPE,
  type Outcome,
  type Result,
  type ResultData,
} from '@causeway/contracts';
import type { Account, Fact } from './account';
import { checkSettled } from './operator-rules';
import { Broken } from './order-fault';
import { isUnanswered } from './retry-rules';

/** Facts of a step that follow from what an executor said, and cite it. */
type CitingFact = Fact<
  'step-applied' | 'step-not-applied' | 'outcome-unknown' | 'duplicate-suspected' | 'step-previewed'
>;

/**
 * Whether what a fact cites is in the ledger before it, was said by the executor of that step about the attempt under way, and says
 * what the fact says. An unknown outcome may cite the command itself: that nobody has answered it.
 * @throws Broken
 */
export function checkCited(account: Account, fact: CitingFact): void {
  const { kind, step, attempt, result } = fact;
  if (kind === 'outcome-unknown' && isUnanswered(account.state, fact)) return;
  const cited = account.evidence.get(result);
  if (!cited)
    throw new Broken('result-not-recorded-before', `${kind} of step ${step} cites what is not in the ledger before it`);
  if (cited.type === DECISION_TYPE) return checkSettled(fact, cited);
  if (cited.type !== RESULT_TYPE)
    throw new Broken('result-of-another', `${kind} of step ${step} cites something that is no result`);
  const strange = strangeness(account, step, cited) ?? (cited.data.attempt === attempt ? null : 'of another attempt');
  if (strange !== null) throw new Broken('result-of-another', `${kind} of step ${step} cites a result ${strange}`);
  if (!isSaid(fact, cited.data))
    throw new Broken('result-says-otherwise', `${kind} of step ${step} cites a result that says ${wordsOf(cited)}`);
}

/** Why a result cannot be the answer to a command of the newest attempt of a step; null: it can. */
export function strangeness(account: Account, step: string, { source, data }: Result): string | null {
  const { state } = account;
  const frozen = state.status === 'open' ? state.acceptance.steps.find(({ id }) => id === step) : undefined;
  if (state.status !== 'open' || !frozen) return 'of a step that is not there';
  if (principalOf(source) !== `executor-${frozen.executor}`) return `of ${principalOf(source)}`;
  if (data.step !== step || data.epoch !== state.epoch || data.target !== frozen.target)
    return `of step ${data.step} at ${data.target}`;
  return isOfAttempt(account, step, data.attempt, data.commandDigest) ? null : 'of no command of the attempt under way';
}

function isOfAttempt({ attempts }: Account, step: string, attempt: number, commandDigest: string): boolean {
  const newest = attempts.get(step);
  return newest?.attempt === attempt && newest.commands.has(commandDigest);
}

/** Not knowing opens no gate and tries nothing again, so it may follow from any answer. */
function isSaid(fact: CitingFact, { verb, outcome }: ResultData): boolean {
  const found = outcome.kind === 'looked-up' ? outcome.state : outcome.kind;
  switch (fact.kind) {
    case 'step-applied':
      return found === (fact.settledByLookUp ? 'in-effect' : 'applied');
    case 'step-not-applied':
      return isNotApplied(verb, outcome);
    case 'duplicate-suspected':
      return outcome.kind === 'applied' && outcome.duplicateSuspected !== undefined;
    case 'step-previewed':
      return fact.state === 'unknown' || (fact.state === 'already-so') === (found === 'in-effect');
    case 'outcome-unknown':
      return true;
  }
}

/** That a look-up failed says nothing of what was ordered before it. */
function isNotApplied(verb: ResultData['verb'], outcome: Outcome): boolean {
  if (outcome.kind === 'looked-up') return outcome.state === 'absent';
  return verb === 'apply' && (outcome.kind === 'not-applied' || outcome.kind === 'refused');
}

const wordsOf = ({ data: { outcome } }: Result): string =>
  outcome.kind === 'looked-up' ? `looked up: ${outcome.state}` : outcome.kind;
