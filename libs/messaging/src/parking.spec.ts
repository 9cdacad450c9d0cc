import { allTopics, topicNames } from '@causeway/contracts';
import { intentDraft, rawOf, sealAs, signerOf, verifier } from '../spec/sample-messages';
import { SendFailed, type ConsumeOptions, type EventBus } from './bus';
import { CausewayServer } from './server';

const good = rawOf(sealAs('console', intentDraft('k'))[0]!);
const garbage = { ...good, value: Buffer.from('garbage') };
const until = async (fact: () => boolean): Promise<void> => {
  for (let tries = 0; !fact(); tries++) {
    if (tries > 1_000) throw new Error('it never came true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** A broker that takes nothing on dead-letter topics for as long as it is told to; what it is asked to consume is kept. */
class DeafBus {
  isDeaf = true;
  refused = 0;
  consumed: ConsumeOptions[] = [];

  send(): Promise<void> {
    if (!this.isDeaf) return Promise.resolve();
    this.refused++;
    return Promise.reject(new SendFailed('the topic is gone', true, true));
  }
  ensureTopics(): Promise<void> {
    return Promise.resolve();
  }
  consume(options: ConsumeOptions): Promise<object> {
    this.consumed.push(options);
    return Promise.resolve({ isRunning: () => true, stop: () => Promise.resolve() });
  }
}

async function serving(bus: DeafBus): Promise<CausewayServer> {
  const server = new CausewayServer({
    ...{ bus: bus as unknown as EventBus, verifier, signer: signerOf('sequencer'), groupId: 'g' },
    ...{ topics: allTopics(['caddy']), otherTopics: [topicNames.intents] },
  });
  server.addHandler('*', (() => Promise.resolve()) as never, true);
  await new Promise<void>((resolve, reject) => server.listen((error) => (error ? reject(error as Error) : resolve())));
  return server;
}

describe('a dead letter that the broker does not take', () => {
  it('holds back, so that its standing offset is no sign of death, until the broker has it', async () => {
    const bus = new DeafBus();
    const server = await serving(bus);
    const [{ onBatch, holdsBack }] = bus.consumed as [Required<ConsumeOptions>];
    expect(holdsBack()).toBe(false);
    let isAccepted = false;
    void onBatch([garbage, good]).accepted.then(() => (isAccepted = true));
    await until(() => bus.refused >= 2);
    expect({ holdsBack: holdsBack(), isAccepted }).toEqual({ holdsBack: true, isAccepted: false });
    bus.isDeaf = false;
    await until(() => isAccepted);
    expect([holdsBack(), server.counts.parked]).toEqual([false, 1]);
    await server.close();
  });

  it('is given up when the service stops: its offset stays, and it comes again', async () => {
    const bus = new DeafBus();
    const server = await serving(bus);
    const [{ onBatch, holdsBack }] = bus.consumed as [Required<ConsumeOptions>];
    let isAccepted = false;
    void onBatch([garbage]).accepted.then(() => (isAccepted = true));
    await until(() => bus.refused >= 1);
    await server.close();
    await until(() => !holdsBack());
    expect([isAccepted, server.counts.parked]).toEqual([false, 0]);
  });
});
