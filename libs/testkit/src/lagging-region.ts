import { exampleTarget, examplePlan } from './sequence-story';
import { ToldLedger } from './told-ledger';
import type { ToldSequence } from './told-sequence';

export const LAGGING_TARGETS = new Map(
  [
    exampleTarget('idp', { global: ['realm'] }),
    exampleTarget('edge', { 'us-east': ['gw-us-1'], 'eu-west': ['gw-eu-1', 'gw-eu-2'] }),
    exampleTarget('flags', { 'us-east': ['client'], 'eu-west': ['client'] }),
  ].map((target) => [target.metadata.name, target]),
);

export const LAGGING_PLAN = examplePlan(
  { 'idp-roles': { target: 'idp' }, gateway: { target: 'edge' }, flag: { target: 'flags' } },
  ['us-east', 'eu-west'],
);

const NEW = { value: 'new' };
const OLD = { value: 'old' };

/** The story of the post: the gateways of eu-west lag, and the flag is held naming them, until they follow. */
export class LaggingRegion {
  readonly ledger = new ToldLedger(LAGGING_TARGETS);
  readonly sequence: ToldSequence;

  constructor(publisher = 'publisher-ci', key = 'CHG-4711') {
    this.sequence = this.ledger.submit(LAGGING_PLAN, { key, publisher });
  }

  /** Up to the moment when the flag's gate is held: us-east has followed, eu-west has not. */
  untilHeld(): this {
    const { ledger, sequence } = this;
    ledger.pass(1_000);
    sequence.applied('idp-roles');
    ledger.pass(500);
    sequence.reading('idp-roles', { 'global/realm': NEW });
    ledger.pass(1_000);
    sequence.applied('gateway');
    ledger.pass(2_000);
    sequence.reading('gateway', { 'us-east/gw-us-1': NEW, 'eu-west/gw-eu-1': OLD, 'eu-west/gw-eu-2': null });
    return this;
  }

  /** From there to the end. */
  untilCompleted(): this {
    const { ledger, sequence } = this;
    ledger.pass(30_000);
    sequence.reading('gateway', { 'us-east/gw-us-1': NEW, 'eu-west/gw-eu-1': NEW, 'eu-west/gw-eu-2': NEW });
    ledger.pass(1_000);
    sequence.applied('flag');
    ledger.pass(500);
    sequence.reading('flag', { 'us-east/client': NEW, 'eu-west/client': NEW });
    return this;
  }
}
