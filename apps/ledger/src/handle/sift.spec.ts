import { Broker } from '../../spec/writer-bench';
import { stepStory } from '../../spec/story';
import { placeName, type EventArrival, type Place } from './ports';
import { Sieve } from './sift';

const NOBODY = { isIn: () => false, waits: () => undefined };

/** A sieve over tables that know these places, and what it asked them. */
function sieveOver(known: readonly EventArrival[] = []) {
  const asked: string[] = [];
  const sieve = new Sieve({
    knownPlaces: (places: readonly Place[]) => {
      asked.push(...places.map(placeName));
      const names = new Set(places.map(placeName));
      const there = known.filter(({ place }) => names.has(placeName(place)));
      return Promise.resolve(new Map(there.map(({ id, place }) => [placeName(place), id])));
    },
  });
  return { sieve, asked };
}

const moved = (arrival: EventArrival, offset: number): EventArrival => ({
  ...arrival,
  place: { ...arrival.place, offset: String(offset) },
  tickets: [],
});

describe('telling new messages from repeated ones', () => {
  it('given places beyond all that were met, asks nobody', async () => {
    const { sieve, asked } = sieveOver();
    const arrivals = new Broker().deliver([...stepStory(), ...stepStory()]);
    const sifted = await sieve.sift(arrivals, NOBODY);
    expect(sifted).toMatchObject({ events: arrivals, duplicates: [], again: [] });
    expect(asked).toEqual([]);
  });

  it('given one place twice in a batch, the second delivery changes nothing and is answered with the first', async () => {
    const { sieve } = sieveOver();
    const broker = new Broker();
    const arrivals = broker.deliver(stepStory());
    const again = broker.again(arrivals);
    const ticket = { left: again.length, accepted: () => undefined };
    for (const { tickets } of again) tickets.push(ticket);
    const sifted = await sieve.sift([...arrivals, ...again], NOBODY);
    expect(sifted).toMatchObject({ events: arrivals, duplicates: [], again: [] });
    expect(arrivals.map(({ tickets }) => tickets)).toEqual(arrivals.map(() => [ticket]));
  });

  it('given the place of a repeated event twice in a batch, counts it once', async () => {
    const { sieve } = sieveOver();
    const broker = new Broker();
    const arrivals = broker.deliver(stepStory());
    const again = broker.again(arrivals);
    const sifted = await sieve.sift([...arrivals, ...again], { ...NOBODY, isIn: () => true });
    expect(sifted).toMatchObject({ events: [], duplicates: arrivals, again });
  });

  it('given one place with two events in a batch, says that the topic is not the one that was read', async () => {
    const { sieve } = sieveOver();
    const [arrival] = new Broker().deliver(stepStory()) as [EventArrival];
    const other = { ...arrival, id: 'another', tickets: [] };
    await expect(sieve.sift([arrival, other], NOBODY)).rejects.toThrow('its data was lost');
  });

  it('given a place below the highest that no table knows, takes its event for new', async () => {
    const { sieve, asked } = sieveOver();
    const [first, second] = new Broker().deliver([...stepStory(), ...stepStory()]) as [EventArrival, EventArrival];
    const [high, low] = [moved(first, 10), { ...moved(second, 4), place: { ...first.place, offset: '4' } }];
    await sieve.sift([high], NOBODY);
    expect((await sieve.sift([low], NOBODY)).events).toEqual([low]);
    expect(asked).toEqual([placeName(low.place)]);
  });

  it('given a place that the tables know, does not take it twice; other partitions go their own way', async () => {
    const [arrival] = new Broker().deliver(stepStory()) as [EventArrival];
    const { sieve, asked } = sieveOver([arrival]);
    const { topic, partition, offset } = arrival.place;
    sieve.reached(topic, partition, offset);
    sieve.reached(topic, partition + 1, '99');
    const beyond = { ...moved(arrival, 1), id: 'another' };
    const sifted = await sieve.sift([arrival, beyond], NOBODY);
    expect(sifted).toMatchObject({ events: [beyond], again: [arrival] });
    expect(asked).toEqual([placeName(arrival.place)]);
  });
});
