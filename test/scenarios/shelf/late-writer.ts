import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryItem, Page } from '@causeway/console-api';
import { REFUSAL_TYPE, type RefusalReport } from '@causeway/contracts';
import type { ServiceProcess } from '@causeway/lab';
import type { Story } from '../story';
import { until } from '../until';
import { putInFront, type ShelfWorld } from './shelf-world';

const SOON_MS = 60_000;

/** S9: who was to write the old value stands still after its look; the old and then the new value are written by others; then it wakes. */
export function lateWriter(told: () => Story<ShelfWorld>): void {
  describe('an executor that wakes with an old order in its hands', () => {
    let late: ServiceProcess;
    let beside: ServiceProcess | undefined;
    let old = '';

    const slowLook = () => join(told().world.folder, 'slow-look');
    const writes = (): string[] =>
      told()
        .world.journal()
        .flatMap((line) => (line.startsWith('write ') ? (line.split(' ')[1] ?? []) : []));

    beforeAll(async () => {
      const { services, journal } = told().world;
      beside = await services.beside('executor-front');
      const both = [services.get('executor-front'), beside];
      writeFileSync(slowLook(), '3000');
      old = await told().apply(putInFront('old'));
      await until('a look for the old value', () => journal().some((line) => line.startsWith('look old')), SOON_MS);
      late = await until('who looks', () => holderOf(both), SOON_MS);
      late.pause();
      rmSync(slowLook());
      await told().ended(old);
      const newer = await told().apply(putInFront('new'));
      await told().ended(newer);
      late.resume();
    });

    afterAll(() => beside?.stop());

    const refusals = async (): Promise<RefusalReport[]> => {
      const { items } = (await (await told().ask(`/v1/sequences/${old}/history`)).json()) as Page<EntryItem>;
      return items.flatMap(({ message }) => {
        const report = message as unknown as RefusalReport;
        return report.type === REFUSAL_TYPE ? [report] : [];
      });
    };

    it('writes nothing: the newer value stands', async () => {
      await until('the word of its refusal', async () => (await refusals()).length > 0, SOON_MS);
      expect(writes()).toEqual(['old', 'new']);
    });

    it('the ledger names it, what it tried, and who has its claim', async () => {
      expect(await refusals()).toMatchObject([
        { source: '/executor-front', data: { sequenceId: old, step: 'front', tried: 'answer', refused: { epoch: 1 } } },
      ]);
      const shown = await told().world.causeway('history', old);
      expect(shown.stdout).toMatch(/refusal\.reported.*executor-front.*refused to answer/);
    });
  });
}

async function holderOf(services: readonly ServiceProcess[]): Promise<ServiceProcess | null> {
  for (const service of services) {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    if (/^causeway_executor_claims_in_memory(?:\{[^}]*\})? [1-9]/m.test(text)) return service;
  }
  return null;
}
