import { rungHeight, type Problem, type Rung, type Target, type TargetChange } from '@causeway/contracts';
import { hintFor, parametersOf, pointerOf } from '@causeway/sequence-core';

type Scopes = Target['spec']['scopes'];
type Addresses = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type Showing = NonNullable<TargetChange['show']['effective']>;

/** What one Target file says that does not fit what else it says. */
export function* targetConsistency(target: Target): Generator<Problem> {
  const { scopes, changes, probes } = target.spec;
  yield* scopeProblems(scopes);
  if (Object.keys(changes).length === 0)
    yield { code: 'no-change', pointer: '/spec/changes', message: 'a target has at least one change' };
  for (const [name, change] of Object.entries(changes)) yield* changeProblems(target, name, change);
  for (const [name, probe] of Object.entries(probes))
    if (probe.kind !== 'instant') yield* addressProblems(scopes, probe.at, pointerOf(['spec', 'probes', name, 'at']));
}

function* scopeProblems(scopes: Scopes): Generator<Problem> {
  const names = Object.keys(scopes);
  const hint = 'Write global: [<member>] if it is the same everywhere.';
  if (names.length === 0)
    yield { code: 'no-scope', pointer: '/spec/scopes', message: 'a target has at least one scope', hint };
  if (names.includes('global') && names.length > 1)
    yield {
      code: 'mixed-scopes',
      pointer: '/spec/scopes/global',
      message: '"global" stands alone: a target is the same everywhere, or it has regions',
      hint: 'Remove it, or the others.',
    };
  for (const [scope, members] of Object.entries(scopes))
    for (const [i, member] of members.entries())
      if (members.indexOf(member) < i)
        yield {
          code: 'duplicate-member',
          pointer: pointerOf(['spec', 'scopes', scope, i]),
          message: `member "${member}" is there twice`,
          hint: 'Keep one of them.',
        };
}

function* changeProblems(target: Target, name: string, change: TargetChange): Generator<Problem> {
  const at = ['spec', 'changes', name];
  for (const [parameter, { type, values }] of Object.entries(change.with))
    if (values && type !== 'string')
      yield {
        code: 'values-of-text-only',
        pointer: pointerOf([...at, 'with', parameter, 'values']),
        message: `parameter "${parameter}" is ${type}, only strings can have a list of values`,
        hint: 'Remove values.',
      };
  for (const [rung, showing] of Object.entries(change.show))
    if (showing) yield* showingProblems(target, change, rung as Rung, showing, [...at, 'show', rung]);
}

function* showingProblems(
  { spec }: Target,
  change: TargetChange,
  rung: Rung,
  { probe, expect }: Showing,
  at: readonly string[],
): Generator<Problem> {
  if (rungHeight(rung) > rungHeight(spec.rung)) {
    const message = `the target says that it can show at most ${spec.rung}`;
    yield { code: 'rung-too-high', pointer: pointerOf(at), message, hint: `Raise spec.rung, or remove this.` };
  }
  if (!Object.hasOwn(spec.probes, probe)) {
    const hint = hintFor(probe, Object.keys(spec.probes));
    yield {
      code: 'unknown-probe',
      pointer: pointerOf([...at, 'probe']),
      message: `there is no probe "${probe}"`,
      hint,
    };
  }
  for (const [i, one] of expect.entries()) {
    for (const name of parametersOf(one))
      if (!Object.hasOwn(change.with, name)) {
        const hint = hintFor(name, Object.keys(change.with));
        const message = `the change has no parameter "${name}"`;
        yield { code: 'unknown-parameter', pointer: pointerOf([...at, 'expect', i]), message, hint };
      }
    const { observed } = one;
    if (typeof observed === 'string' || change.with[observed.with]?.type !== 'object') continue;
    const message = `parameter "${observed.with}" is a mapping, it cannot complete a name`;
    yield { code: 'wrong-parameter', pointer: pointerOf([...at, 'expect', i, 'observed', 'with']), message };
  }
}

/** Each member needs an address, or it could never be seen ready; an address of nobody is most likely a name spelt wrong. */
function* addressProblems(scopes: Scopes, addresses: Addresses, pointer: string): Generator<Problem> {
  for (const [scope, members] of Object.entries(scopes))
    for (const member of members) {
      if (Object.hasOwn(addresses, scope) && Object.hasOwn(addresses[scope] ?? {}, member)) continue;
      const message = `there is no address for member "${member}" of scope "${scope}"`;
      yield { code: 'no-address', pointer, message, hint: 'It could never be seen ready.' };
    }
  for (const [scope, byMember] of Object.entries(addresses)) {
    const members = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
    const at = pointer + pointerOf([scope]);
    if (!members) {
      const hint = hintFor(scope, Object.keys(scopes));
      yield { code: 'unknown-scope', pointer: at, message: `the target has no scope "${scope}"`, hint };
      continue;
    }
    for (const member of Object.keys(byMember))
      if (!members.includes(member)) {
        const message = `scope "${scope}" has no member "${member}"`;
        yield { code: 'unknown-member', pointer: at + pointerOf([member]), message, hint: hintFor(member, members) };
      }
  }
}
