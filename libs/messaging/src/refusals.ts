import { REFUSAL_TYPE, topicNames, type RefusalData } from '@causeway/contracts';
import type { Draft } from './envelopes';

/** The report of a process that it was refused. @param principal whose process it is: what is about no sequence is about it */
export function refusalDraft(data: RefusalData, principal: string): Draft {
  const subject = data.sequenceId ?? principal;
  return {
    ...{ topic: topicNames.refusals, key: principal, type: REFUSAL_TYPE },
    ...{ subject, correlationId: subject, causationIds: [], data },
  };
}
