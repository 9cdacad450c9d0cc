import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryItem } from '@causeway/console-api';
import type { RefusalReport } from '@causeway/contracts';
import { entriesText } from './history';

const fixture = join('libs', 'contracts', 'fixtures', 'refusal', 'v1.json');
const message = JSON.parse(readFileSync(fixture, 'utf8')) as RefusalReport;

describe('the history of a sequence', () => {
  it('tells what a process was refused, as whom, and who was in its place', () => {
    const entry = { index: '7', recordedAt: message.time, type: message.type, step: null, message };
    const [, row] = entriesText([entry as unknown as EntryItem]).split('\n');
    expect(row).toContain('refusal.reported');
    expect(row).toContain('sequencer');
    const { refused, current } = message.data;
    expect(row).toContain(
      `refused to decide, as epoch 3 of ${refused.holder}; in its place epoch 4 of ${current.holder}`,
    );
  });
});
