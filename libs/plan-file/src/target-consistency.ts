import { rungHeight, type Problem, type Target, type TargetChange } from '@causeway/contracts';

/** What one Target file says that does not fit what else it says. */
export const targetConsistency = (target: Target): Problem[] => [
  ...emptyScopes(target),
  ...Object.entries(target.spec.changes).flatMap(([name, change]) => changeProblems(target, name, change)),
];

function emptyScopes({ spec: { scopes } }: Target): Problem[] {
  const names = Object.keys(scopes);
  if (names.length === 0)
    return [
      {
        code: 'no-scope',
        pointer: '/spec/scopes',
        message: 'a target has at least one scope',
        hint: 'Write global: [<member>] if it is the same everywhere.',
      },
    ];
  if (names.includes('global') && names.length > 1)
    return [
      {
        code: 'mixed-scopes',
        pointer: '/spec/scopes/global',
        message: '"global" stands alone: a target is the same everywhere, or it has regions',
      },
    ];
  return names.flatMap((scope) =>
    (scopes[scope] ?? []).flatMap((member, i, all): Problem[] =>
      all.indexOf(member) < i
        ? [
            {
              code: 'duplicate-member',
              pointer: `/spec/scopes/${scope}/${i}`,
              message: `member "${member}" is there twice`,
            },
          ]
        : [],
    ),
  );
}

function changeProblems(target: Target, name: string, change: TargetChange): Problem[] {
  return Object.entries(change.show).flatMap(([rung, showing]) => {
    if (!showing) return [];
    const at = `/spec/changes/${name.replaceAll('/', '~1')}/show/${rung}`;
    const height: Problem[] =
      rungHeight(rung as 'effective') > rungHeight(target.spec.rung)
        ? [
            {
              code: 'rung-too-high',
              pointer: at,
              message: `the target says that it can show at most ${target.spec.rung}`,
            },
          ]
        : [];
    return [
      ...height,
      ...probeProblems(target, showing.probe, `${at}/probe`),
      ...parameterReferences(change, showing, at),
    ];
  });
}

function probeProblems({ spec }: Target, name: string, pointer: string): Problem[] {
  const probe = spec.probes[name];
  if (!probe)
    return [
      {
        code: 'unknown-probe',
        pointer,
        message: `there is no probe "${name}"`,
        hint: `Known: ${Object.keys(spec.probes).join(', ') || 'none'}.`,
      },
    ];
  if (probe.kind === 'instant') return [];
  return Object.entries(spec.scopes).flatMap(([scope, members]) =>
    members
      .filter((member) => !Object.hasOwn(probe.at[scope] ?? {}, member))
      .map((member) => ({
        code: 'no-address',
        pointer,
        message: `probe "${name}" has no address for member "${member}" of scope "${scope}"`,
        hint: 'It could never be seen ready.',
      })),
  );
}

function parameterReferences(
  change: TargetChange,
  { expect }: NonNullable<TargetChange['show']['effective']>,
  at: string,
): Problem[] {
  return expect.flatMap(({ observed, wanted }, i) => {
    const asked = [
      ...(typeof observed === 'string' ? [] : [['observed', observed.with] as const]),
      ...('with' in wanted ? [['wanted', wanted.with] as const] : []),
    ];
    return asked
      .filter(([, parameter]) => !Object.hasOwn(change.with, parameter))
      .map(([part, parameter]) => ({
        code: 'unknown-parameter',
        pointer: `${at}/expect/${i}/${part}/with`,
        message: `the change has no parameter "${parameter}"`,
        hint: `Known: ${Object.keys(change.with).join(', ')}.`,
      }));
  });
}
