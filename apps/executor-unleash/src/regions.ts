/**
 * What a flag's environment means for each region, and the fewest writes that change it. Pure: Unleash's answers come in, the
 * writes come out.
 *
 * 1. A region is on when the environment is on and some strategy admits everybody in it; without any strategy everybody is on.
 * 2. Our strategy is a full rollout with the one constraint `region IN [...]`. Other strategies are never touched.
 * 3. No other region and nobody else is switched on or off by our writes: where that cannot be kept, we refuse.
 * 4. On: the strategy first, the environment last. Off: the environment first, since a flag without strategies is on for all.
 */
import { NotApplied } from '@causeway/executor-sdk';
import type { FeatureEnvironment, Strategy } from './client/feature';

/** `mixed`: some of the users there, or we cannot tell. */
export type RegionView = 'on' | 'off' | 'mixed';

export type Write =
  | { readonly kind: 'add'; readonly regions: readonly string[] }
  | { readonly kind: 'change'; readonly strategyId: string; readonly regions: readonly string[] }
  | { readonly kind: 'remove'; readonly strategyId: string }
  | { readonly kind: 'switch'; readonly to: 'on' | 'off' };

/** Which region field the constraints use. */
interface Field {
  readonly regionField: string;
}

export function viewOf(environment: FeatureEnvironment, region: string, field: Field): RegionView {
  if (!environment.enabled) return 'off';
  if (environment.strategies.length === 0) return 'on';
  const admitted = active(environment).map((strategy) => admits(strategy, region, field));
  if (admitted.length === 0) return 'mixed';
  if (admitted.includes('all')) return 'on';
  return admitted.every((who) => who === 'nobody') ? 'off' : 'mixed';
}

/** The strategy that is ours by its form, whoever made it first. */
export const ourStrategy = (environment: FeatureEnvironment, field: Field): Strategy | undefined =>
  active(environment).find((strategy) => isOurs(strategy, field));

export const regionsOf = (strategy: Strategy | undefined): readonly string[] => strategy?.constraints[0]?.values ?? [];

export function writesFor(
  environment: FeatureEnvironment,
  regions: readonly string[],
  enabled: boolean,
  field: Field,
): Write[] {
  const wanted: RegionView = enabled ? 'on' : 'off';
  const differing = regions.filter((region) => viewOf(environment, region, field) !== wanted);
  if (differing.length === 0) return [];
  return enabled
    ? writesToTurnOn(environment, regions, differing, field)
    : writesToTurnOff(environment, differing, field);
}

function writesToTurnOn(
  environment: FeatureEnvironment,
  regions: readonly string[],
  missing: readonly string[],
  field: Field,
): Write[] {
  const ours = ourStrategy(environment, field);
  if (environment.enabled) return setRegions(ours, [...regionsOf(ours), ...missing]);
  const others = active(environment).filter((strategy) => strategy !== ours);
  if (others.length > 0) throw otherStrategies('on', others);
  return [...setRegions(ours, regions), { kind: 'switch', to: 'on' }];
}

function writesToTurnOff(environment: FeatureEnvironment, lit: readonly string[], field: Field): Write[] {
  const ours = ourStrategy(environment, field);
  const others = active(environment).filter((strategy) => strategy !== ours);
  const holding = others.filter((strategy) => lit.some((region) => admits(strategy, region, field) !== 'nobody'));
  if (holding.length > 0 || !ours) throw otherStrategies('off', holding);
  const left = regionsOf(ours).filter((region) => !lit.includes(region));
  if (left.length > 0) return setRegions(ours, left);
  const remove: Write = { kind: 'remove', strategyId: ours.id };
  return others.length > 0 ? [remove] : [{ kind: 'switch', to: 'off' }, remove];
}

function setRegions(ours: Strategy | undefined, regions: readonly string[]): Write[] {
  if (!ours) return [{ kind: 'add', regions: sorted(regions) }];
  if (sorted(regionsOf(ours)).join() === sorted(regions).join()) return [];
  return [{ kind: 'change', strategyId: ours.id, regions: sorted(regions) }];
}

const sorted = (regions: readonly string[]): string[] => [...new Set(regions)].sort();

const active = ({ strategies }: FeatureEnvironment): Strategy[] => strategies.filter(({ disabled }) => !disabled);

const isFullRollout = ({ name, parameters, segments }: Strategy): boolean =>
  (segments ?? []).length === 0 &&
  (name === 'default' || (name === 'flexibleRollout' && String(parameters['rollout']) === '100'));

/** Whom a strategy lets in by itself, as far as that goes by whole regions. */
export type Admitted =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'regions'; readonly regions: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'some' };

/** @param strategy null: there is none */
export function admittedBy(strategy: Strategy | null | undefined, field: Field): Admitted {
  if (!strategy || strategy.disabled) return { kind: 'nobody' };
  if (isOurs(strategy, field)) return { kind: 'regions', regions: regionsOf(strategy) };
  return { kind: isFullRollout(strategy) && strategy.constraints.length === 0 ? 'all' : 'some' };
}

function isOurs(strategy: Strategy, { regionField }: Field): boolean {
  const [constraint, ...more] = strategy.constraints;
  return (
    strategy.name === 'flexibleRollout' &&
    isFullRollout(strategy) &&
    more.length === 0 &&
    constraint?.contextName === regionField &&
    constraint.operator === 'IN' &&
    !constraint.inverted
  );
}

/** Whom of a region a strategy lets in, by itself. */
function admits(strategy: Strategy, region: string, { regionField }: Field): 'all' | 'some' | 'nobody' {
  let everybody = isFullRollout(strategy);
  for (const { contextName, operator, values, inverted } of strategy.constraints) {
    const decidable = contextName === regionField && (operator === 'IN' || operator === 'NOT_IN');
    if (!decidable) {
      everybody = false;
      continue;
    }
    const listed = (values ?? []).includes(region);
    if (((operator === 'IN') === listed) === Boolean(inverted)) return 'nobody';
  }
  return everybody ? 'all' : 'some';
}

const otherStrategies = (to: 'on' | 'off', others: readonly Strategy[]): NotApplied =>
  new NotApplied({
    code: 'other-strategies',
    message: `switching ${to} in single regions is not possible: the flag has ${others.length === 0 ? 'no strategy for single regions' : 'other strategies'}`,
    remedy: 'remove or disable the strategies that are not by region, or give the flag one strategy by region',
    evidence: { strategies: others.map(({ id, name }) => `${name} ${id}`) },
  });
