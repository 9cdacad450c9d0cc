import type { Page, SequenceSummary } from '@causeway/console-api';
import { CliFailure, EXIT } from '../exit-codes';
import { shown } from '../format/shown';
import type { Session } from '../session';
import { sequenceIdFrom } from './sequence-ref';

/** How many of the newest sequences are looked at. */
const LOOKED_AT = '50';

/**
 * The sequence that is meant: the named one, else the only one that is open, else the newest; and says which. Previews are never meant.
 * Refuses to choose between two that are open.
 */
export async function runFrom(session: Session, ref: string | undefined): Promise<string> {
  if (ref !== undefined) return sequenceIdFrom(ref);
  const page = shown(await session.client.get<Page<SequenceSummary>>(`/v1/sequences?limit=${LOOKED_AT}`));
  const runs = page.items.filter(({ mode, status }) => mode === 'apply' && status !== 'rejected');
  const open = runs.filter(({ status }) => status === 'running' || status === 'waiting');
  if (open.length > 1) throw ambiguous(open);
  const chosen = open[0] ?? runs[0];
  if (!chosen)
    throw new CliFailure(EXIT.badInput, 'there is no sequence yet', 'submit a plan: causeway apply plan.yaml');
  const which = open.length === 1 ? 'the only open sequence' : 'the newest sequence';
  session.io.say(`${which}: ${chosen.plan}, key ${chosen.key}, ${chosen.id} (${chosen.status})`);
  return chosen.id;
}

function ambiguous(open: readonly SequenceSummary[]): CliFailure {
  const names = open.map(({ key, plan, status }) => `  ${key}  ${plan}  ${status}`);
  return new CliFailure(EXIT.usage, `${open.length} sequences are open; say which one\n${names.join('\n')}`);
}
