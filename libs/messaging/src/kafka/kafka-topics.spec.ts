import { allTopics } from '@causeway/contracts';
import { configOf, SETTINGS } from './kafka-topics';

describe('a topic of ours', () => {
  it.each(allTopics(['caddy']))('is stored as it is read, whatever publishers compress with: $name', (topic) => {
    expect(configOf(topic, 1)['compression.type']).toBe('uncompressed');
  });

  it.each(allTopics(['caddy']))('is looked at for all that is set on it everywhere: $name', (topic) => {
    expect(Object.keys(configOf(topic, 1)).sort()).toEqual([...SETTINGS].sort());
  });
});
