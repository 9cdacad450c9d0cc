import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanDocument } from '@causeway/contracts';
import type { Story } from '../story';
import { until } from '../until';
import { putOnBoth, type ShelfWorld } from './shelf-world';

/** Longer than evidence of a shelf may be old. */
const TOO_LONG_MS = 11_000;

/** Both shelves at once: the gate at the end needs both. */
function putSideBySide(value: string): PlanDocument {
  const { spec, ...plan } = putOnBoth(value);
  return { ...plan, spec: { ...spec, steps: spec.steps.map((step) => ({ ...step, needs: [] })) } };
}

/** I2, P10: a step that was shown ready falls back, by nobody's deed, while the gate waits long for another one. */
export function fallBack(told: () => Story<ShelfWorld>): void {
  describe('a step that falls back, with no trace in its history, while its gate waits for another', () => {
    const shelf = () => join(told().world.folder, 'front');
    const backStandsStill = (): void => told().world.services.get('executor-back').pause();
    const backGoesOn = (): void => told().world.services.get('executor-back').resume();
    let id = '';

    beforeAll(async () => {
      backStandsStill();
      id = await told().apply(putSideBySide('kept'));
      const { atMs } = await until('front is ready', () => told().tape.facts(id, 'step-ready')[0], 60_000);
      writeFileSync(shelf(), 'fallen');
      await until('the time', () => Date.now() - atMs > TOO_LONG_MS, 2 * TOO_LONG_MS);
      backGoesOn();
    });
    afterAll(backGoesOn);

    it('is looked at once more, and the gate stays closed, naming its members', async () => {
      const fallen = (one: { step: string; member: string | null; detail: string }): boolean =>
        one.step === 'front' && one.detail.includes('"fallen", wanted "kept"');
      const view = await told().shows(id, 'front has fallen back', ({ holds }) => holds.filter(fallen).length === 2);
      expect(view.status).toBe('waiting');
      expect(view.holds.filter(fallen)).toMatchObject([
        { gate: null, scope: 'us', member: 'us-1' },
        { gate: null, scope: 'eu', member: 'eu-1' },
      ]);
      expect(told().tape.kinds(id)).not.toContain('mutation-noticed');
      const shown = await told().world.causeway('explain', id, 'front');
      expect(shown.stdout).toContain('was shown effective, but too long ago for the next gate');
    });

    it('opens the gate once it is so again', async () => {
      writeFileSync(shelf(), 'kept');
      expect((await told().ended(id)).status).toBe('completed');
    });
  });
}
