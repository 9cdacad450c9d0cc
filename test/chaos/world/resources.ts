import { Dice } from '../../simulation/time/dice';
import { REGIONS, TARGETS, type RegionName, type TargetName } from './plan';
import type { WorldWrite } from './journal';

/** One write as it arrived. */
export interface Asked {
  readonly target: TargetName;
  readonly resource: string;
  readonly value: string;
  readonly attemptId: string;
  readonly by: string;
  /** Class A: the version that the writer saw. */
  readonly ifVersion: number | null;
  /** Class B. */
  readonly key: string | null;
}

interface Resource {
  version: number;
  value: string | null;
  byAttempt: string | null;
  readonly keys: Set<string>;
  effectiveAt: Partial<Record<RegionName, number>>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const LAG_MS: Readonly<Record<RegionName, readonly [number, number]>> = { east: [20, 250], west: [200, 900] };

/** The systems that are changed: what they hold, since when whom it shows, and which writes they take. */
export class Resources {
  private readonly there = new Map<string, Resource>();
  private readonly dice: Dice;

  constructor(
    seed: number,
    private readonly now: () => number,
  ) {
    this.dice = new Dice(seed, 'world');
  }

  read(target: TargetName, resource: string): Answer {
    const { version, value, byAttempt } = this.resource(target, resource);
    return { status: 200, body: { version, value, byAttempt } };
  }

  /** Whether it takes effect, and when where. Every class D or C write that arrives does. */
  write(asked: Asked): { answer: Answer; took: Pick<WorldWrite, 'effect' | 'effectiveAt'> } {
    const resource = this.resource(asked.target, asked.resource);
    const refused = refusalOf(asked, resource);
    if (refused) return { answer: refused, took: { effect: false, effectiveAt: {} } };
    resource.version++;
    resource.value = asked.value;
    resource.byAttempt = asked.attemptId;
    if (asked.key) resource.keys.add(asked.key);
    resource.effectiveAt = this.soon();
    const took = { effect: true, effectiveAt: resource.effectiveAt };
    return { answer: { status: 200, body: { version: resource.version } }, took };
  }

  /** What a user of the region sees of a target now. */
  seenIn(region: RegionName, target: TargetName): Record<string, string> {
    const now = this.now();
    return Object.fromEntries(
      [...this.there].flatMap(([name, { value, effectiveAt }]) => {
        const [of, resource] = name.split('/') as [TargetName, string];
        return of === target && value !== null && (effectiveAt[region] ?? Infinity) <= now ? [[resource, value]] : [];
      }),
    );
  }

  /** Its sequence is over: nobody looks at it any more. Late writes to it are still journalled. */
  forget(resource: string): void {
    for (const target of Object.keys(TARGETS)) this.there.delete(`${target}/${resource}`);
  }

  private soon(): Partial<Record<RegionName, number>> {
    const now = this.now();
    return Object.fromEntries(REGIONS.map((region) => [region, now + this.dice.int(...LAG_MS[region])]));
  }

  private resource(target: TargetName, name: string): Resource {
    const key = `${target}/${name}`;
    const there = this.there.get(key);
    if (there) return there;
    const made: Resource = { version: 0, value: null, byAttempt: null, keys: new Set(), effectiveAt: {} };
    this.there.set(key, made);
    return made;
  }
}

function refusalOf({ target, ifVersion, key }: Asked, { version, keys }: Resource): Answer | null {
  if (TARGETS[target] === 'A' && ifVersion !== version) return { status: 412, body: { version } };
  if (TARGETS[target] === 'B' && key !== null && keys.has(key)) return { status: 200, body: { version, known: true } };
  return null;
}
