import { Client } from 'pg';
import type { PointName } from './points';

type Reach = (point: PointName) => void;
/** What a transaction has done so far, by the names of its statements and what they carry. */
interface Transaction {
  readonly names: Set<string>;
  opensGate: boolean;
}
type Query = (...args: unknown[]) => unknown;
type Settled = (error: unknown, result?: unknown) => void;

const open = new WeakMap<object, Transaction>();

/** Points that are met at statements: each of ours that matters has a name. */
export function watchDatabase(reach: Reach): void {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function watched(this: object, ...args: unknown[]): unknown {
    const { text, name, values } = shapeOf(args[0]);
    if (text === 'begin') open.set(this, { names: new Set(), opensGate: false });
    const transaction = open.get(this) ?? { names: new Set(), opensGate: false };
    if (name !== undefined) note(transaction, name, values);
    before(text, name, transaction).forEach(reach);
    if (text === 'commit' || text === 'rollback') open.delete(this);
    const later = after(text, name, transaction);
    return later.length === 0 ? query.apply(this, args) : tellAfter(query, this, args, () => later.forEach(reach));
  };
}

function shapeOf(config: unknown): { text: string; name: string | undefined; values: readonly unknown[] } {
  if (typeof config === 'string') return { text: config, name: undefined, values: [] };
  const { text = '', name, values = [] } = (config ?? {}) as { text?: string; name?: string; values?: unknown[] };
  return { text, name, values };
}

function note(transaction: Transaction, name: string, values: readonly unknown[]): void {
  transaction.names.add(name);
  if (name !== 'append-facts') return;
  const [facts] = values as [Buffer?];
  if (facts?.includes('"gate-opened"')) transaction.opensGate = true;
}

function before(text: string, name: string | undefined, { names, opensGate }: Transaction): PointName[] {
  if (text === 'commit') {
    if (names.has('console-claim-submission')) return ['P0'];
    return opensGate ? ['P10'] : [];
  }
  if (name === 'claims-take') return ['P3'];
  if (name === 'outbox-delete') return ['P2'];
  if (name === 'seat-claim-inbox') return ['P8'];
  return name === 'probes-note-rounds' || name === 'watches-note' ? ['P9'] : [];
}

function after(text: string, name: string | undefined, { names }: Transaction): PointName[] {
  if (text === 'commit' && names.has('outbox-insert')) return names.has('claims-finish') ? ['P7'] : ['P1'];
  if (name === 'append' || name === 'append-aside') return ['P11'];
  return [];
}

/** In the same turn as the answer, before whoever asked sees it. */
function tellAfter(query: Query, client: object, args: readonly unknown[], tell: () => void): unknown {
  const last = args[args.length - 1];
  if (typeof last === 'function') {
    const settled = last as Settled;
    const told: Settled = (error, result) => {
      if (!error) tell();
      settled(error, result);
    };
    return query.apply(client, [...args.slice(0, -1), told]);
  }
  const asked = query.apply(client, [...args]) as Promise<unknown>;
  return asked.then((result) => {
    tell();
    return result;
  });
}
