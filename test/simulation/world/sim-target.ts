import type { Target } from '@causeway/contracts';
import type { Ground } from '../ports';
import type { WorldEntry, WriteEntry } from './journal';

interface Setting {
  readonly value: string;
  readonly version: number;
  readonly by: string | null;
}

/** One place of a target as its users see it. */
interface Member {
  readonly scope: string;
  readonly member: string;
  readonly shows: Map<string, Setting>;
}

export interface Write {
  readonly resource: string;
  readonly value: string;
  readonly attemptId: string | null;
  readonly from: string | null;
  readonly capability: string;
  readonly sentAt: number;
  /** Class A: refused when the resource is at another version. */
  readonly onVersion?: number;
}

const NOTHING: Setting = { value: '', version: 0, by: null };
const LAG_MS = { usual: 800, long: 45_000, flap: 6_000 };

/** A governed system: settings in its middle, members that show them later, each in its own time. */
export class SimTarget {
  private readonly settings = new Map<string, Setting>();
  private readonly keys = new Set<string>();
  private readonly members: readonly Member[];
  /** Its own record of what was changed, for observers; an entry's place is its id. */
  readonly history: WriteEntry[] = [];
  /** Where observing began, a place in the history; null: nobody has. */
  observedFrom: number | null = null;
  /** Writes ever sent to it, by class, whatever became of them. */
  readonly sent = new Map<string, number>();
  /** Writes that have left and not arrived, by attempt. */
  readonly underWay = new Map<string, number>();
  /** Settings that some member does not show yet and will. */
  comingUp = 0;
  onWrite: (entry: WriteEntry) => void = () => undefined;

  constructor(
    readonly declared: Target,
    private readonly ground: Ground,
    private readonly journal: WorldEntry[],
  ) {
    this.members = Object.entries(declared.spec.scopes).flatMap(([scope, members]) =>
      members.map((member) => ({ scope, member, shows: new Map<string, Setting>() })),
    );
  }

  get name(): string {
    return this.declared.metadata.name;
  }

  /** What the middle has. */
  read(resource: string, attemptId: string): Setting | undefined {
    this.journal.push({ kind: 'looked-up', at: this.ground.time.now, target: this.name, attemptId });
    return this.settings.get(resource);
  }

  /** Whether it was taken. A version that is not the newest is turned away; a known key is taken and does nothing. */
  write({ resource, value, attemptId, from, capability, sentAt, onVersion }: Write): boolean {
    const at = this.ground.time.now;
    const before = this.settings.get(resource);
    const isKnown = capability === 'B' && attemptId !== null && this.keys.has(attemptId);
    const isStale = onVersion !== undefined && onVersion !== (before?.version ?? 0);
    if ((isKnown || isStale) && attemptId) {
      this.journal.push({ kind: 'turned-away', at, target: this.name, attemptId });
      return isKnown;
    }
    if (attemptId) this.keys.add(attemptId);
    const changed = before?.value !== value || capability === 'D';
    const entry: WriteEntry = {
      ...{ kind: 'write', at, target: this.name, resource, value, changed, attemptId, from, capability, sentAt },
      before: before?.value ?? null,
    };
    this.journal.push(entry);
    if (changed) this.history.push(entry);
    const setting = { value, version: (before?.version ?? 0) + 1, by: attemptId };
    this.settings.set(resource, setting);
    for (const member of this.members) this.reach(member, resource, setting);
    this.onWrite(entry);
    return true;
  }

  /** What the middle has, by resource. */
  inEffect(): Record<string, string> {
    return Object.fromEntries([...this.settings].map(([resource, { value }]) => [resource, value]));
  }

  /** A write has left for it. */
  leaves(attemptId: string, capability: string): void {
    this.sent.set(capability, (this.sent.get(capability) ?? 0) + 1);
    this.underWay.set(attemptId, (this.underWay.get(attemptId) ?? 0) + 1);
  }

  /** It has arrived, or never will. */
  isOver(attemptId: string): void {
    this.underWay.set(attemptId, (this.underWay.get(attemptId) ?? 1) - 1);
  }

  lied(): void {
    this.journal.push({ kind: 'lied', at: this.ground.time.now, target: this.name });
  }

  /** What a user of this member sees; undefined: nothing was ever set. */
  shownBy(scope: string, member: string, resource: string): string | undefined {
    return this.member(scope, member)?.shows.get(resource)?.value;
  }

  private member(scope: string, member: string): Member | undefined {
    return this.members.find((each) => each.scope === scope && each.member === member);
  }

  private reach(member: Member, resource: string, setting: Setting): void {
    const { faults, dice } = this.ground;
    const lagMs = faults.strikes('member-lags') ? dice.between(1_000, LAG_MS.long) : dice.between(5, LAG_MS.usual);
    this.later(lagMs, () => {
      const before = member.shows.get(resource);
      if (before && before.version > setting.version) return;
      this.show(member, resource, setting);
      if (faults.strikes('member-flaps')) this.flap(member, resource, before ?? NOTHING, setting);
    });
  }

  /** A replica that is behind answers for a while. */
  private flap(member: Member, resource: string, before: Setting, after: Setting): void {
    const { dice } = this.ground;
    this.later(dice.between(100, 3_000), () => {
      if (member.shows.get(resource) !== after) return;
      this.show(member, resource, before);
      this.later(dice.between(100, LAG_MS.flap), () => {
        if (member.shows.get(resource) === before) this.show(member, resource, after);
      });
    });
  }

  private later(inMs: number, act: () => void): void {
    this.comingUp++;
    this.ground.time.schedule(inMs, null, () => {
      this.comingUp--;
      act();
    });
  }

  private show(member: Member, resource: string, setting: Setting): void {
    member.shows.set(resource, setting);
    const { scope, member: name } = member;
    const entry = { target: this.name, scope, member: name, resource, value: setting.value };
    this.journal.push({ kind: 'shown', at: this.ground.time.now, ...entry });
  }
}
