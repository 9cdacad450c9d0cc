import { readFile } from 'node:fs/promises';
import { GATEWAYS } from '@causeway/lab';
import type { Story } from './story';
import { until } from './until';

const PULLED = 'dynamically-loaded config was unchanged';

/**
 * Eu-west's gateways pull at their own pace; a policy written right before a pull would hold nothing for long enough to be looked
 * at. So executor-caddy stands still until its order is there and both gateways have just pulled: then the hold lasts a whole turn.
 * @param begin gives the sequence's id
 */
export async function writeJustAfterPulls(story: Story, begin: () => Promise<string>): Promise<string> {
  const executor = story.world.services.get('executor-caddy');
  executor.pause();
  try {
    const id = await begin();
    await story.tape.command(id, 'gateway');
    const before = await pulls(story);
    await until('a pull of each', async () => (await pulls(story)).every((n, i) => n > (before[i] as number)), 60_000);
    return id;
  } finally {
    executor.resume();
  }
}

const pulls = (story: Story): Promise<number[]> =>
  Promise.all(
    GATEWAYS['eu-west'].map(async (name) => {
      const log = await readFile(story.world.lab.caddy.gateways[name].process.logFile, 'utf8');
      return log.split(PULLED).length;
    }),
  );
