import { durationMs, RESULT_TYPE, type EvolutionRecord, type PlanDocument } from '@causeway/contracts';
import { gapless, type Evidence } from './evidence';
import { violation, type Violation } from './violation';

type Failure = Extract<EvolutionRecord, { kind: 'step-not-applied' }>;
type OnFailure = PlanDocument['spec']['steps'][number]['onFailure'];

/** I4: a step is tried again as often as its plan says and not sooner, and never after a refusal for good. Nobody resumes here. */
export function* retriesFollowPolicy(evidence: Evidence): Iterable<Violation> {
  for (const [sequenceId, told] of evidence.told) {
    const plan = evidence.intents.get(sequenceId)?.plan as unknown as PlanDocument | undefined;
    const failed = new Map<string, Failure>();
    for (const { fact } of gapless(told)) {
      if (fact.kind === 'step-not-applied') failed.set(fact.step, fact);
      if (fact.kind === 'sequence-resumed') failed.clear();
      const before = fact.kind === 'step-commanded' && fact.verb === 'apply' ? failed.get(fact.step) : undefined;
      if (!before) continue;
      const policy = plan?.spec.steps.find(({ id }) => id === before.step)?.onFailure;
      const why = isForGood(before, evidence) ? 'a refusal for good' : whyNot(before, fact.at, policy);
      if (why) yield violation('I4', `attempt ${before.attempt + 1} of ${before.step} was ordered: ${why}`);
    }
  }
}

function isForGood({ result }: Failure, { byDigest }: Evidence): boolean {
  const message = byDigest.get(result)?.message;
  if (message?.type !== RESULT_TYPE) return false;
  const { outcome } = message.data;
  return outcome.kind === 'refused' || (outcome.kind === 'not-applied' && !outcome.retriable);
}

function whyNot({ attempt, at }: Failure, nextAt: string, policy: OnFailure): string | null {
  const { attempts = 3, pause = '2s', factor = 2, longestPause = '5m' } = policy ?? {};
  if (policy?.do === 'stop' || attempt >= attempts) return `its plan allows ${policy?.do === 'stop' ? 1 : attempts}`;
  const pauseMs = Math.min(durationMs(pause) * factor ** (attempt - 1), durationMs(longestPause));
  return Date.parse(nextAt) - Date.parse(at) < pauseMs ? `${nextAt} is sooner than ${pauseMs} ms after ${at}` : null;
}
