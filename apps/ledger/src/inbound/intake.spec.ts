import { topicNames } from '@causeway/contracts';
import { SendFailed, type ConsumeOptions, type RawMessage } from '@causeway/messaging';
import type { ParkedArrival } from '../handle/ports';
import { Intake, type IntakeOptions } from './intake';

const silent = (): void => undefined;
const garbage = { topic: topicNames.intents, partition: 0, offset: '0', key: null, value: null } as RawMessage;
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** An intake whose dead letters are not taken as long as the broker is deaf. */
async function taking(broker: { isDeaf: boolean }) {
  let consumed: ConsumeOptions | undefined;
  const parked: ParkedArrival[] = [];
  const bus = {
    send: () => (broker.isDeaf ? Promise.reject(new SendFailed('gone', true, true)) : Promise.resolve()),
    consume: (options: ConsumeOptions) => {
      consumed = options;
      return Promise.resolve({ isRunning: () => true, stop: () => Promise.resolve() });
    },
  };
  const intake = new Intake({
    ...{ bus, door: { topics: new Map() }, signer: { sign: () => ['signature'] }, topics: [topicNames.intents] },
    generations: { told: () => Promise.resolve(), placed: (raw: RawMessage) => raw },
    writer: { take: (arrivals: ParkedArrival[]) => Promise.resolve(void parked.push(...arrivals)) },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ...{ now: () => 0, pause: () => turn(), holdsBack: () => false, onFatal: silent },
  } as unknown as IntakeOptions);
  await intake.start();
  return { intake, parked, ...(consumed as unknown as Required<ConsumeOptions>) };
}

describe('the dead letters of the ledger', () => {
  it('hold back while the broker does not take them, and go to the log only then', async () => {
    const broker = { isDeaf: true };
    const { parked, onBatch, holdsBack } = await taking(broker);
    const { accepted } = onBatch([garbage]);
    await turn();
    expect([holdsBack(), parked.length]).toEqual([true, 0]);
    broker.isDeaf = false;
    await accepted;
    expect([holdsBack(), parked.length]).toEqual([false, 1]);
  });

  it('are no longer sent when it stops, and their places are not accepted', async () => {
    const { intake, parked, onBatch } = await taking({ isDeaf: true });
    const { accepted } = onBatch([garbage]);
    const refused = expect(accepted).rejects.toThrow(/stopped before the dead letters/);
    await intake.stop();
    await refused;
    expect(parked).toEqual([]);
  });
});
