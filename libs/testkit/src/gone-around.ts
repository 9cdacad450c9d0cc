import type { Target } from '@causeway/contracts';
import { examplePlan, exampleTarget } from './sequence-story';
import { exampleMutation } from './target-story';
import { ToldLedger } from './told-ledger';
import type { ToldSequence } from './told-sequence';
import { ToldTargets } from './told-targets';

const EAST = 'us-east';
const WEST = 'eu-west';

/** A target whose members a watch can look at. */
function watchedTarget(name: string, scopes: Record<string, string[]>): Target {
  const at = Object.fromEntries(
    Object.entries(scopes).map(([scope, members]) => [
      scope,
      Object.fromEntries(members.map((member) => [member, { url: 'http://127.0.0.1:9/' }])),
    ]),
  );
  return exampleTarget(name, scopes, { probes: { look: { kind: 'http', at } } });
}

const TARGETS = new Map(
  [
    watchedTarget('idp', { global: ['realm'] }),
    watchedTarget('edge', { [EAST]: ['gw-us-1'], [WEST]: ['gw-eu-1', 'gw-eu-2'] }),
    watchedTarget('flags', { [EAST]: ['client-us'], [WEST]: ['client-eu'] }),
  ].map((target) => [target.metadata.name, target]),
);

const PLAN = examplePlan({ 'idp-roles': { target: 'idp' }, gateway: { target: 'edge' }, flag: { target: 'flags' } }, [
  EAST,
  WEST,
]);

const NEW = { value: 'new' };
const OLD = { value: 'old' };

/**
 * The story of the post, governed and gone around: while the gateways of eu-west lag, somebody switches the flag there by hand, and
 * somebody else changes what no plan says. The sequence is held until an operator decides; in the end the regions look the same and
 * went different ways.
 */
export class GoneAround {
  readonly ledger = new ToldLedger(TARGETS);
  readonly sequence: ToldSequence;
  readonly targets: ToldTargets;
  /** Event ids of what was done by hand. */
  flagByHand = '';
  otherRole = '';

  constructor(publisher = 'publisher-ci', key = 'CHG-4712') {
    this.sequence = this.ledger.submit(PLAN, { key, publisher });
    this.targets = new ToldTargets(this.ledger, [this.sequence]);
  }

  /** Seconds after noon, as the ledger's clock says it. */
  at = (seconds: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, 0) + seconds * 1_000).toISOString();

  /** Up to the moment when the sequence is held for both mutations: us-east has followed, eu-west has not. */
  untilHeld(): this {
    const { sequence, targets } = this;
    this.pass(0.2);
    for (const target of TARGETS.keys()) targets.covers(target, this.at(-60), this.at(0));
    sequence.sighted({ ...this.flags(OLD, OLD), ...this.gateways(OLD, OLD), 'idp-roles/global/realm': OLD }, null);
    this.applyRoles();
    this.applyGateway();
    this.goAround();
    return this;
  }

  private applyRoles(): void {
    const { sequence, targets } = this;
    this.pass(0.8);
    sequence.applied('idp-roles');
    targets.see(
      exampleMutation({
        ...{ target: 'idp', actor: { kind: 'service', name: 'causeway' }, source: { id: 'idp-1', detail: {} } },
        ...{ by: { kind: 'executor', attemptId: `${sequence.id}/idp-roles/1` }, ...this.seenNow() },
      }),
    );
    this.pass(0.2);
    sequence.sighted({ 'idp-roles/global/realm': NEW }, this.at(1));
    sequence.reading('idp-roles', { 'global/realm': NEW });
  }

  private applyGateway(): void {
    const { sequence } = this;
    this.pass(1.3);
    sequence.applied('gateway');
    this.pass(0.5);
    sequence.sighted({ 'gateway/us-east/gw-us-1': NEW }, this.at(2.6));
    sequence.reading('gateway', { 'us-east/gw-us-1': NEW, 'eu-west/gw-eu-1': OLD, 'eu-west/gw-eu-2': OLD });
  }

  private goAround(): void {
    const { sequence, targets } = this;
    this.pass(1);
    this.flagByHand = targets.see(
      exampleMutation({
        ...{ target: 'flags', actor: { kind: 'user', name: 'release-team' }, source: { id: 'flags-7', detail: {} } },
        ...{ channel: { client: null, token: 'personal', address: '10.0.0.7' } },
        ...{ scopes: [{ scope: WEST, members: ['client-eu'] }], ...this.seenNow() },
      }),
    );
    this.pass(0.2);
    sequence.sighted({ 'flag/eu-west/client-eu': NEW }, this.at(3.8));
    this.pass(0.3);
    this.otherRole = targets.see(
      exampleMutation({
        ...{ target: 'idp', resource: 'values/other', change: null, with: {}, source: { id: 'idp-2', detail: {} } },
        ...this.seenNow(),
      }),
    );
    targets.covers('idp', this.at(0), this.at(4.5));
    targets.covers('edge', this.at(0), this.at(4.5));
    targets.covers('flags', this.at(0), this.at(4.5));
    targets.gap('flags', this.at(4.5), this.at(6), 'the history was cut');
  }

  /** eu-west follows; the sequence goes on waiting for an operator. */
  untilFollowed(): this {
    this.pass(3.8);
    const { sequence } = this;
    sequence.sighted({ 'gateway/eu-west/gw-eu-1': NEW, 'gateway/eu-west/gw-eu-2': NEW }, this.at(8));
    sequence.reading('gateway', { 'us-east/gw-us-1': NEW, 'eu-west/gw-eu-1': NEW, 'eu-west/gw-eu-2': NEW });
    return this;
  }

  /** An operator accepts both, and it goes on to its end. */
  untilCompleted(): this {
    const { sequence } = this;
    this.pass(1.7);
    sequence.decided('resume', [this.flagByHand, this.otherRole], 'agreed with release-team');
    this.pass(0.5);
    sequence.applied('flag');
    this.pass(0.3);
    sequence.sighted({ 'flag/us-east/client-us': NEW }, this.at(10.6));
    sequence.reading('flag', { 'us-east/client-us': NEW, 'eu-west/client-eu': NEW });
    this.pass(0.2);
    sequence.sighted({}, this.at(10.8), true);
    return this;
  }

  private pass(seconds: number): void {
    this.ledger.pass(Math.round(seconds * 1_000));
  }

  /** The target and its observer have the same clock. */
  private seenNow() {
    const { at } = this.ledger;
    return { happened: { kind: 'at' as const, at }, observedAt: at };
  }

  private gateways(east: object, west: object): Record<string, Record<string, unknown>> {
    const members = { 'us-east/gw-us-1': east, 'eu-west/gw-eu-1': west, 'eu-west/gw-eu-2': west };
    return Object.fromEntries(Object.entries(members).map(([place, seen]) => [`gateway/${place}`, { ...seen }]));
  }

  private flags(east: object, west: object): Record<string, Record<string, unknown>> {
    return { 'flag/us-east/client-us': { ...east }, 'flag/eu-west/client-eu': { ...west } };
  }
}
