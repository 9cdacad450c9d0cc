import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryItem, Page } from '@causeway/console-api';
import { RESULT_TYPE, type Result } from '@causeway/contracts';
import type { Story } from '../story';
import { until } from '../until';
import { outcomeOf, UNDISTURBED, type Outcome } from './outcome';
import { Repeater } from './repeater';
import { putOnBoth, type ShelfWorld } from './shelf-world';

const SOON_MS = 60_000;
/** Facts that tell of a recovery, and of nothing else. */
const OF_RECOVERY = ['outcome-unknown', 'duplicate-suspected', 'input-refused'];
const isResult = (message: unknown): message is Result => (message as { type?: string } | null)?.type === RESULT_TYPE;

/**
 * S15: the sequencer dies between an order and its result, an executor after the effect and before its report, the topics bring
 * everything twice and out of order. The ledger comes to the same as undisturbed, apart from what tells of the recovery.
 */
export function disturbed(told: () => Story<ShelfWorld>): void {
  const slow = (what: 'look' | 'answer'): string => join(told().world.folder, `slow-${what}`);
  const heard = (line: string): Promise<unknown> =>
    until(
      `"${line}" in the journal`,
      () =>
        told()
          .world.journal()
          .some((one) => one.startsWith(line)),
      SOON_MS,
    );
  const writesOf = (value: string): string[] =>
    told()
      .world.journal()
      .filter((line) => line.startsWith(`write ${value} `));

  describe('deaths between order and report, and messages that come twice and out of order', () => {
    let repeater: Repeater;
    let calm: Outcome;
    let id = '';
    const repeated: number[] = [];

    beforeAll(async () => {
      calm = await outcomeOf(told(), await told().apply(putOnBoth('calm')), 'calm');
      expect(calm).toMatchObject(UNDISTURBED);
      repeater = await Repeater.of(told().world);
    });
    afterAll(() => repeater?.close());

    it('the sequencer dies while an executor holds its order', async () => {
      writeFileSync(slow('look'), '2000');
      id = await told().apply(putOnBoth('storm'));
      await heard('look storm');
      const { back } = await told().crash('sequencer');
      rmSync(slow('look'));
      expect(told().tape.kinds(id)).not.toContain('step-applied');
      await back;
    });

    it('an executor dies when its target has the write, before it says so', async () => {
      await told().tape.fact(id, 'step-applied', { step: 'front' });
      writeFileSync(slow('answer'), '60000');
      await told().tape.command(id, 'back');
      await until('both writes', () => writesOf('storm').length === 2, SOON_MS);
      const { back } = await told().crash('executor-back');
      rmSync(slow('answer'));
      await back;
    });

    it('everything comes once more, backwards, while it goes on, and again at the end', async () => {
      repeated.push(await repeater.repeatBackwards());
      await told().ended(id);
      repeated.push(await repeater.repeatBackwards());
      expect(Math.min(...repeated)).toBeGreaterThan(5);
    });

    it('each change was written once, and the ledger tells the same as of the calm one', async () => {
      const storm = await outcomeOf(told(), id, 'storm');
      const facts = storm.facts.filter((fact) => !OF_RECOVERY.some((kind) => fact.startsWith(kind)));
      expect({ ...storm, facts }).toEqual(calm);
      expect(writesOf('storm')).toHaveLength(2);
    });

    it('and it tells of the recovery: what nobody had reported was found by a look, not written again', async () => {
      const { items } = (await (await told().ask(`/v1/sequences/${id}/history`)).json()) as Page<EntryItem>;
      const results = items.flatMap(({ message }) => (isResult(message) ? [message.data] : []));
      expect(results).toMatchObject([
        { step: 'front', outcome: { kind: 'applied', evidence: {} } },
        { step: 'back', outcome: { kind: 'applied', evidence: { settledBy: 'look-up' } } },
      ]);
    });

    it('what came twice is counted as that', async () => {
      const { code, stdout } = await told().world.accounting('--settle', '30s', '--json');
      const { partitions } = JSON.parse(stdout) as { partitions: { duplicates: number }[] };
      const duplicates = partitions.reduce((sum, one) => sum + one.duplicates, 0);
      expect(code).toBe(0);
      expect(duplicates).toBeGreaterThanOrEqual(repeated.reduce((sum, count) => sum + count, 0));
    });
  });
}
