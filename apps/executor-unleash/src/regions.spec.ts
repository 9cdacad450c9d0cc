import { NotApplied } from '@causeway/executor-sdk';
import type { FeatureEnvironment, Strategy } from './client/feature';
import { viewOf, writesFor } from './regions';

const field = { regionField: 'region' };

const strategy = (more: Partial<Strategy>): Strategy => ({
  id: 'other',
  name: 'flexibleRollout',
  constraints: [],
  parameters: { rollout: '100' },
  ...more,
});
const inRegions = (...values: string[]) => ({ contextName: 'region', operator: 'IN', values });
const ours = (...values: string[]): Strategy => strategy({ id: 'ours', constraints: [inRegions(...values)] });
const flag = (enabled: boolean, ...strategies: Strategy[]): FeatureEnvironment => ({
  name: 'production',
  enabled,
  strategies,
});

describe('what a region gets (1)', () => {
  it.each<[string, FeatureEnvironment, string]>([
    ['the environment is off', flag(false, ours('eu-west')), 'off'],
    ['no strategy at all means everybody', flag(true), 'on'],
    ['our strategy lists it', flag(true, ours('us-east', 'eu-west')), 'on'],
    ['our strategy lists others', flag(true, ours('us-east')), 'off'],
    ['the default strategy', flag(true, strategy({ name: 'default', parameters: {} })), 'on'],
    ['half of the users', flag(true, strategy({ parameters: { rollout: '50' } })), 'mixed'],
    [
      'half of the users elsewhere',
      flag(true, strategy({ parameters: { rollout: '50' }, constraints: [inRegions('us-east')] })),
      'off',
    ],
    [
      'only some people',
      flag(true, strategy({ constraints: [{ contextName: 'userId', operator: 'IN', values: ['7'] }] })),
      'mixed',
    ],
    ['only a segment', flag(true, strategy({ segments: [3] })), 'mixed'],
    [
      'everywhere but here',
      flag(true, strategy({ constraints: [{ ...inRegions('eu-west'), operator: 'NOT_IN' }] })),
      'off',
    ],
    [
      'everywhere but there',
      flag(true, strategy({ constraints: [{ ...inRegions('us-east'), operator: 'NOT_IN' }] })),
      'on',
    ],
    ['an inverted list', flag(true, strategy({ constraints: [{ ...inRegions('eu-west'), inverted: true }] })), 'off'],
    [
      'an operator we do not know',
      flag(true, strategy({ constraints: [{ contextName: 'region', operator: 'STR_CONTAINS', values: ['eu'] }] })),
      'mixed',
    ],
    ['ours, but disabled, and nothing else', flag(true, { ...ours('eu-west'), disabled: true }), 'mixed'],
    ['some people, and our strategy too', flag(true, strategy({ segments: [3] }), ours('eu-west')), 'on'],
  ])('%s', (_, environment, expected) => {
    expect(viewOf(environment, 'eu-west', field)).toBe(expected);
  });
});

describe('the fewest writes (2, 4)', () => {
  it.each<[string, FeatureEnvironment, string[], boolean, object[]]>([
    [
      'a new flag: strategy, then the switch',
      flag(false),
      ['us-east', 'eu-west'],
      true,
      [
        { kind: 'add', regions: ['eu-west', 'us-east'] },
        { kind: 'switch', to: 'on' },
      ],
    ],
    ['as wanted', flag(true, ours('us-east')), ['us-east'], true, []],
    [
      'one region more',
      flag(true, ours('us-east')),
      ['us-east', 'eu-west'],
      true,
      [{ kind: 'change', strategyId: 'ours', regions: ['eu-west', 'us-east'] }],
    ],
    [
      "beside others' narrow strategies",
      flag(true, strategy({ segments: [3] })),
      ['eu-west'],
      true,
      [{ kind: 'add', regions: ['eu-west'] }],
    ],
    [
      'off, with regions of an earlier time: only what is asked for is lit',
      flag(false, ours('us-east')),
      ['eu-west'],
      true,
      [
        { kind: 'change', strategyId: 'ours', regions: ['eu-west'] },
        { kind: 'switch', to: 'on' },
      ],
    ],
    ['off, with just these regions', flag(false, ours('eu-west')), ['eu-west'], true, [{ kind: 'switch', to: 'on' }]],
    [
      'one region less',
      flag(true, ours('us-east', 'eu-west')),
      ['eu-west'],
      false,
      [{ kind: 'change', strategyId: 'ours', regions: ['us-east'] }],
    ],
    [
      'the last region: the switch before the strategy',
      flag(true, ours('eu-west')),
      ['eu-west'],
      false,
      [
        { kind: 'switch', to: 'off' },
        { kind: 'remove', strategyId: 'ours' },
      ],
    ],
    [
      'the last of ours, others stay elsewhere',
      flag(true, ours('eu-west'), strategy({ segments: [3], constraints: [inRegions('us-east')] })),
      ['eu-west'],
      false,
      [{ kind: 'remove', strategyId: 'ours' }],
    ],
    ['off already', flag(false, ours('eu-west')), ['eu-west'], false, []],
  ])('%s', (_, environment, regions, enabled, writes) => {
    expect(writesFor(environment, regions, enabled, field)).toEqual(writes);
  });
});

describe('nobody else is switched (3)', () => {
  it.each<[string, FeatureEnvironment, boolean]>([
    ['on, where the switch would let everybody in', flag(false, strategy({})), true],
    ['on, where the switch would let some people in', flag(false, strategy({ segments: [3] })), true],
    ['off, where everybody is on without a strategy', flag(true), false],
    ['off, where another strategy keeps it on', flag(true, ours('eu-west'), strategy({})), false],
    [
      'off, where another strategy lets some people in',
      flag(true, ours('eu-west'), strategy({ segments: [3] })),
      false,
    ],
  ])('%s: refused', (_, environment, enabled) => {
    expect(() => writesFor(environment, ['eu-west'], enabled, field)).toThrow(NotApplied);
  });
});
