import { allTopics, topicNames } from '@causeway/contracts';
import { signerOf, verifier } from '../spec/sample-messages';
import type { EventBus } from './bus';
import { CausewayServer } from './server';

describe('a server that is told to stop while it starts', () => {
  it('takes nothing in, whatever it waited for says afterwards', async () => {
    let consumptions = 0;
    const bus = {
      ensureTopics: () => Promise.resolve(),
      consume: () => Promise.resolve({ isRunning: () => true, stop: () => Promise.resolve(), nr: ++consumptions }),
    } as unknown as EventBus;
    const server: CausewayServer = new CausewayServer({
      ...{ bus, verifier, signer: signerOf('sequencer'), groupId: 'g' },
      ...{ topics: allTopics(['caddy']), otherTopics: [topicNames.intents] },
      before: () => server.close().then(() => true),
    });
    server.addHandler('*', (() => Promise.resolve()) as never, true);
    await new Promise<unknown>((resolve) => server.listen(resolve));
    expect(consumptions).toBe(0);
  });
});
