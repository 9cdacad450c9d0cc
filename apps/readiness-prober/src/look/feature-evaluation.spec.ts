import { featuresAnswer, isOnFor } from './feature-evaluation';

const isOn = (feature: object, region = 'us-east'): boolean | null => {
  const { features } = featuresAnswer.parse({ features: [{ name: 'flag', enabled: true, ...feature }] });
  return isOnFor(region, features[0] as (typeof features)[number]);
};
const rollout = (percent: string, ...constraints: object[]) => ({
  name: 'flexibleRollout',
  parameters: { rollout: percent, stickiness: 'default', groupId: 'flag' },
  constraints,
});
const inRegions = (...values: string[]) => ({ contextName: 'region', operator: 'IN', values });

describe('a flag for the users of one region', () => {
  it('is off when disabled, whatever its strategies say', () => {
    expect(isOn({ enabled: false, strategies: [rollout('100')] })).toBe(false);
  });

  it('is on without strategies, and with the default one', () => {
    expect(isOn({ strategies: [] })).toBe(true);
    expect(isOn({ strategies: [{ name: 'default' }] })).toBe(true);
  });

  it('is on exactly in the regions of its constraint', () => {
    const feature = { strategies: [rollout('100', inRegions('us-east'))] };
    expect(isOn(feature, 'us-east')).toBe(true);
    expect(isOn(feature, 'eu-west')).toBe(false);
  });

  it('is on when any one strategy lets the region through', () => {
    const strategies = [rollout('100', inRegions('us-east')), rollout('100', inRegions('eu-west'))];
    expect(isOn({ strategies }, 'eu-west')).toBe(true);
  });

  it('is off when its only strategy is disabled', () => {
    expect(isOn({ strategies: [{ ...rollout('100'), disabled: true }] })).toBe(false);
  });

  it('knows negation', () => {
    expect(isOn({ strategies: [rollout('100', { ...inRegions('us-east'), inverted: true })] })).toBe(false);
    expect(isOn({ strategies: [rollout('100', { ...inRegions('eu-west'), operator: 'NOT_IN' })] })).toBe(true);
  });

  it('is undecided, not rounded, when more than the region decides', () => {
    expect(isOn({ strategies: [rollout('50')] })).toBeNull();
    expect(isOn({ strategies: [{ name: 'userWithId', parameters: { userIds: '1' } }] })).toBeNull();
    expect(isOn({ strategies: [rollout('100', { contextName: 'userId', operator: 'IN', values: ['1'] })] })).toBeNull();
    expect(isOn({ strategies: [{ ...rollout('100'), segments: [1] }] })).toBeNull();
    expect(isOn({ strategies: [rollout('100', { ...inRegions('us-east'), operator: 'REGEX' })] })).toBeNull();
    expect(isOn({ dependencies: [{ feature: 'parent' }], strategies: [] })).toBeNull();
  });

  it('is decided all the same when the rest cannot change it', () => {
    expect(isOn({ strategies: [rollout('50', inRegions('eu-west'))] })).toBe(false);
    expect(isOn({ strategies: [rollout('50'), rollout('100')] })).toBe(true);
    expect(isOn({ strategies: [rollout('0')] })).toBe(false);
  });
});
