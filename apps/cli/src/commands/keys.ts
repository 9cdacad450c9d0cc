import { existsSync } from 'node:fs';
import { hintFor } from '@causeway/sequence-core';
import { makeNextKeys, retireKey, trustedKeysOf, type NextKey, type TrustedKey } from '@causeway/signing';
import { CliFailure, EXIT } from '../exit-codes';
import type { Session } from '../session';

export interface TrustFlags {
  readonly trust?: string;
}

export interface NewKeyFlags extends TrustFlags {
  readonly out: string;
}

const SERVICES = ['ledger', 'sequencer', 'readiness-prober', 'console'];
const OTHERS = /^(executor|publisher)-[a-z0-9-]{1,53}$/;

/** The next generation of a key for each principal, trusted beside the older ones. docs/reference/keys.md tells the whole procedure. */
export function newKeys(session: Session, principals: readonly string[], flags: NewKeyFlags): number {
  const { out } = flags;
  const trust = trustOf(session, flags);
  principals.forEach(mustBePrincipal);
  const made = told(() => makeNextKeys(trust, out, principals));
  session.answer({ trustFile: trust, keys: made }, (shown) => textOfNew(shown.keys, trust), made);
  return EXIT.done;
}

function mustBePrincipal(name: string): void {
  if (SERVICES.includes(name) || OTHERS.test(name)) return;
  throw new CliFailure(
    EXIT.usage,
    `${name} is no principal`,
    `${hintFor(name, SERVICES)} Or executor-<name>, publisher-<name>: lower case, digits, hyphens.`,
  );
}

function textOfNew(keys: readonly NextKey[], trust: string): string {
  const lines = keys.flatMap(({ keyId, keyFile, beside }) => [
    `${keyId}  ${keyFile}`,
    beside.length === 0 ? '  the first one that is trusted' : `  trusted beside ${beside.join(', ')}`,
  ]);
  const olderOnes = keys.flatMap(({ beside }) => beside);
  return [...lines, '', ...nextSteps(trust, olderOnes)].join('\n');
}

/** In the order that loses nothing: trust first, then sign, then trust no more. */
function nextSteps(trust: string, olderOnes: readonly string[]): string[] {
  const steps = [
    `1. Give ${trust} to every service and restart them.`,
    '2. Give each principal its key file (CAUSEWAY_KEY_FILE) and restart it. Keep the file secret.',
  ];
  if (olderOnes.length === 0) return steps;
  const retire = olderOnes.map((keyId) => `causeway keys retire ${keyId} --trust ${trust}`);
  return [...steps, '3. When "causeway doctor" says that nobody lags:', ...retire.map((line) => `   ${line}`)];
}

/** Nothing new is taken under a retired key; what it signed still verifies. */
export function retire(session: Session, keyId: string, flags: TrustFlags): number {
  const trust = existing(trustOf(session, flags));
  const retired = told(() => retireKey(trust, keyId));
  if (!retired) {
    const known = trustedKeysOf(trust).map((key) => key.keyId);
    throw new CliFailure(EXIT.badInput, `${trust} holds no key ${keyId}`, hintFor(keyId, known));
  }
  const { principal, left } = retired;
  session.answer({ keyId, principal, left }, () => textOfRetired(keyId, principal, left, trust, session));
  return EXIT.done;
}

function textOfRetired(
  keyId: string,
  principal: string,
  left: readonly string[],
  trust: string,
  { paint }: Session,
): string {
  const rest =
    left.length > 0
      ? `${principal} is trusted under ${left.join(', ')}.`
      : paint.bad(`${principal} has no key left that is trusted: nothing it says is taken any more.`);
  const ledger =
    principal === 'ledger' ? ['Keep the tables of the console: what this key signed it cannot read again.'] : [];
  const next = `Give ${trust} to every service and restart them, the ledger last: it signs the header of exports anew.`;
  return [`${keyId} is retired.`, rest, ...ledger, next].join('\n');
}

/** What a trust file holds. */
export function listKeys(session: Session, flags: TrustFlags): number {
  const trust = existing(trustOf(session, flags));
  const keys = told(() => trustedKeysOf(trust));
  session.answer({ keys }, (shown) => shown.keys.map(lineOf).join('\n'), keys);
  return EXIT.done;
}

const lineOf = ({ keyId, publicKey, retired }: TrustedKey): string =>
  `${keyId.padEnd(30)} ${publicKey}${retired ? '  retired' : ''}`;

function trustOf({ io }: Session, { trust = io.env.CAUSEWAY_TRUST_FILE }: TrustFlags): string {
  if (trust) return trust;
  throw new CliFailure(EXIT.usage, 'which trust file?', 'Name it with --trust, or in CAUSEWAY_TRUST_FILE.');
}

function existing(trust: string): string {
  if (existsSync(trust)) return trust;
  throw new CliFailure(EXIT.badInput, `there is no ${trust}`, 'Name the trust file of the services with --trust.');
}

/** What is wrong with a file is the user's to mend, not a defect. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CliFailure(EXIT.badInput, (error as Error).message);
  }
}
