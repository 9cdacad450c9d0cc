import { EVERYTHING, type Diagnosis, type Severity, type SeenFinding } from './finding';

/** How a severity is painted; each gives its text back without colour. */
export type Marks = Readonly<Record<Severity | 'dim', (text: string) => string>>;

const plain = (text: string): string => text;
export const PLAIN_MARKS: Marks = {
  broken: plain,
  failing: plain,
  unknown: plain,
  attention: plain,
  ok: plain,
  dim: plain,
};

const WORDS: Readonly<Record<Severity, string>> = {
  broken: 'BROKEN',
  failing: 'FAILING',
  unknown: 'UNKNOWN',
  attention: 'LOOK',
  ok: 'ok',
};

const INDENT = '         ';

/** For people: the verdict, what is wrong worst first with what to do, then what is well, a line a check. */
export function diagnosisText({ at, severity, asked, findings }: Diagnosis, marks: Marks = PLAIN_MARKS): string {
  const bad = findings.filter((one) => one.severity !== 'ok');
  const well = findings.filter((one) => one.severity === 'ok');
  const count = asked.length === 1 ? '1 service' : `${asked.length} services`;
  const verdict = severity === 'ok' ? marks.ok('HEALTHY') : marks[severity](countsOf(bad));
  const head = `${verdict}  ${marks.dim(`${count} asked at ${at.slice(0, 10)} ${at.slice(11, 19)}Z`)}`;
  const blocks = blocksOf(bad).map((block) => blockText(block, marks, asked.length));
  return [head, ...blocks, okText(well, marks)].filter(Boolean).join('\n\n');
}

const countsOf = (bad: readonly SeenFinding[]): string =>
  (['broken', 'failing', 'unknown', 'attention'] as const)
    .map((severity) => ({ severity, count: bad.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity === 'attention' ? 'to look at' : severity}`)
    .join(', ');

/** Findings of one kind that one act mends are one block. */
function blocksOf(bad: readonly SeenFinding[]): SeenFinding[][] {
  const blocks = new Map<string, SeenFinding[]>();
  for (const one of bad) {
    const key = JSON.stringify([one.severity, one.check, one.remedy]);
    blocks.set(key, [...(blocks.get(key) ?? []), one]);
  }
  return [...blocks.values()];
}

function blockText(block: readonly SeenFinding[], marks: Marks, asked: number): string {
  const [{ severity, check, remedy }] = block as readonly [SeenFinding];
  return [
    `${marks[severity](WORDS[severity].padEnd(INDENT.length - 2))}  ${check}`,
    ...block.flatMap((one) => placeLines(one, marks, asked)),
    ...(remedy === null ? [] : [`${INDENT}-> ${remedy}`]),
  ].join('\n');
}

function placeLines({ where, what, hides = [], by }: SeenFinding, marks: Marks, asked: number): string[] {
  const seen = by.length === 1 ? '' : ` (seen by ${by.length === asked ? 'all' : by.join(', ')})`;
  // Of a service that is silent nothing is known: nobody has to be told.
  const hidden = hides.filter((one) => !one.endsWith(`: ${EVERYTHING}`));
  return [
    `${INDENT}${where}: ${what}${marks.dim(seen)}`,
    ...(hidden.length > 0 ? [`${INDENT}not known because of it: ${hiddenText(hidden)}`] : []),
  ];
}

/** `sequencer: schema, seat; ledger: tree` */
function hiddenText(hides: readonly string[]): string {
  const byService = new Map<string, string[]>();
  for (const one of hides) {
    const [service, check] = one.split(': ') as [string, string];
    byService.set(service, [...(byService.get(service) ?? []), check]);
  }
  return [...byService].map(([service, checks]) => `${service} (${checks.join(', ')})`).join(', ');
}

/** A line a check; places of which the same is so stand together. */
function okText(well: readonly SeenFinding[], marks: Marks): string {
  const checks = [...new Set(well.map(({ check }) => check))];
  const width = Math.max(0, ...checks.map((check) => check.length));
  return checks
    .map((check) => `${marks.ok('ok')}  ${check.padEnd(width)}  ${marks.dim(placesText(well, check))}`.trimEnd())
    .join('\n');
}

function placesText(well: readonly SeenFinding[], wanted: string): string {
  const byWhat = new Map<string, string[]>();
  for (const { check, where, what } of well)
    if (check === wanted) byWhat.set(what, [...(byWhat.get(what) ?? []), where]);
  return [...byWhat].map(([what, places]) => [places.join(', '), what].filter(Boolean).join(' ')).join('; ');
}
