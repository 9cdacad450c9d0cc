import type { Diagnosis, Severity, SeenFinding } from './finding';

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

/** For people: the verdict, what is wrong worst first with what to do, then what is well, a line a check. */
export function diagnosisText({ at, severity, asked, findings }: Diagnosis, marks: Marks = PLAIN_MARKS): string {
  const bad = findings.filter((one) => one.severity !== 'ok');
  const well = findings.filter((one) => one.severity === 'ok');
  const count = asked.length === 1 ? '1 service' : `${asked.length} services`;
  const verdict = severity === 'ok' ? marks.ok('HEALTHY') : marks[severity](countsOf(bad));
  const head = `${verdict}  ${marks.dim(`${count} asked at ${at.slice(0, 10)} ${at.slice(11, 19)}Z`)}`;
  const blocks = bad.map((one) => badText(one, marks, asked.length));
  return [head, ...blocks, okText(well, marks)].filter(Boolean).join('\n\n');
}

const countsOf = (bad: readonly SeenFinding[]): string =>
  (['broken', 'failing', 'unknown', 'attention'] as const)
    .map((severity) => ({ severity, count: bad.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity === 'attention' ? 'to look at' : severity}`)
    .join(', ');

function badText(
  { severity, check, where, what, remedy, hides, by }: SeenFinding,
  marks: Marks,
  asked: number,
): string {
  const seen = by.length === 1 || asked === 1 ? '' : `, seen by ${by.length === asked ? 'all' : by.join(', ')}`;
  const hidden = hides && hides.length > 0 ? [`         not known because of it: ${hiddenText(hides)}`] : [];
  return [
    `${marks[severity](WORDS[severity].padEnd(7))}  ${check}  ${where}${marks.dim(seen)}`,
    `         ${what}`,
    ...hidden,
    ...(remedy === null ? [] : [`         -> ${remedy}`]),
  ].join('\n');
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

/** A line a check: what it says when that is one thing, else of how many places it is so. */
function okText(well: readonly SeenFinding[], marks: Marks): string {
  const checks = [...new Set(well.map(({ check }) => check))];
  const width = Math.max(0, ...checks.map((check) => check.length));
  return checks
    .map((check) => {
      const of = well.filter((one) => one.check === check);
      const text = of.map(({ where, what }) => (what === '' ? where : `${where} ${what}`)).join('; ');
      return `${marks.ok('ok')}  ${check.padEnd(width)}  ${marks.dim(text)}`;
    })
    .join('\n');
}
