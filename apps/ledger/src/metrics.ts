import { gauge } from '@causeway/host';
import type { LedgerFigures } from './handle/figures';

/** The figures on the metrics endpoint. Gauges that read: the hot path only adds numbers. */
export function exposeFigures(figures: LedgerFigures): void {
  gauge('causeway_ledger_size', 'Entries in the log', () => figures.size);
  gauge(
    'causeway_ledger_publish_lag',
    'Entries appended and not yet on their topic',
    () => figures.size - figures.published,
  );
  gauge('causeway_ledger_waiting', 'Events that wait for a cause', () => figures.waitingNow);
  gauge('causeway_ledger_longest_wait_milliseconds', 'How long the longest waits', () => figures.longestWaitMs);
  gauge('causeway_ledger_cause_missing', 'Events appended without a cause since the start', () => figures.withoutCause);
  gauge('causeway_ledger_topics_made_anew', 'Times that a topic was made anew', () => figures.generations);
  gauge('causeway_ledger_duplicates', 'Repeated events since the start', () => figures.duplicates);
  gauge('causeway_ledger_conflicts', 'Other messages under a taken event id since the start', () => figures.conflicts);
  gauge('causeway_ledger_parked', 'Messages refused at the door since the start', () => figures.parked);
  gauge('causeway_ledger_batches', 'Transactions since the start', () => figures.batches);
  gauge(
    'causeway_ledger_append_milliseconds',
    'Time of the newest batch, from taking it to its commit',
    () => figures.appendMs,
  );
}
