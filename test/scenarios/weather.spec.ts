import { brokerAway } from './shelf/broker-away';
import { disturbed } from './shelf/disturbed';
import { fallBack } from './shelf/fall-back';
import { lateWriter } from './shelf/late-writer';
import { newKeys } from './shelf/new-keys';
import { movedClocks } from './shelf/moved-clocks';
import { SHELVES, startShelfWorld, type ShelfWorld } from './shelf/shelf-world';
import { tampering } from './shelf/tampering';
import { Story } from './story';

/**
 * What one whole Causeway has to stand that is none of its targets' doing: an executor that comes back too late, deaths at the worst
 * moment and messages that come twice and out of order, a step that falls back with no trace, wall clocks that are wrong, a broker that is away, new keys, hands in the ledger's own
 * tables. Over targets that cost nothing, with a broker of its own.
 */
jest.setTimeout(240_000);

let story: Story<ShelfWorld>;
beforeAll(async () => {
  const world = await startShelfWorld({ console: { CONSOLE_MAX_UNSENT: '5' } });
  story = await Story.over(world, SHELVES);
});
afterAll(() => story?.end());

const told = (): Story<ShelfWorld> => story;

lateWriter(told);
disturbed(told);
fallBack(told);
movedClocks(told);
brokerAway(told);
newKeys(told);

describe('in the end', () => {
  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});

tampering(told);
