import type { FileVerdict } from '../verify/verify-file';
import type { Paint } from './paint';
import { pairs } from './table';
import { plural } from './words';

type Verified = Extract<FileVerdict, { ok: true }>;

function pathLines({
  mutations,
  classifications,
  openClassifications,
  paths,
  divergences,
  windows,
}: Verified): string[] {
  const open = openClassifications > 0 ? `; ${openClassifications} came too late to be computed from this export` : '';
  const computed = plural(classifications - openClassifications, 'class', 'classes');
  const classed = `${computed} of ${plural(mutations, 'mutation')} computed again: the same${open}`;
  const found = `${plural(divergences, 'divergence')}, ${plural(windows, 'exposure window')}`;
  const watched = `${plural(paths.length, 'watched sequence')} followed: ${found} (whole with -o json)`;
  return [...(mutations > 0 ? [classed] : []), ...(paths.length > 0 ? [watched] : [])];
}

function claimLines({ claims, openClaims }: Verified): string[] {
  const open = openClaims > 0 ? `; ${openClaims} cannot be judged before later records come` : '';
  return claims > 0
    ? [`conflict keys of ${plural(claims, 'sequence')}: one holder at a time, in the order of asking${open}`]
    : [];
}

/** What the ledger itself says to be out of order, and what nobody can say anything of. */
function lateLines({ lateCauses, unjudged }: Verified, paint: Paint): string[] {
  const late = `${plural(lateCauses, 'entry', 'entries')} stood before a cause that the ledger had waited for in vain: judged when it came`;
  const left =
    `${plural(unjudged, 'decision or command', 'decisions and commands')} NOT judged: a cause is not in this export. ` +
    'Ask what became of it (causeway doctor); if nobody can say, do not rely on what follows from these.';
  return [...(lateCauses > 0 ? [`  ok  ${late}`] : []), ...(unjudged > 0 ? [`  ${paint.bad('--')}  ${left}`] : [])];
}

/** What `verify` checked and found. */
export function verdictText(path: string, verdict: FileVerdict, pinned: boolean, paint: Paint): string {
  if (!verdict.ok) {
    const place =
      verdict.index === null ? `line ${verdict.line}` : `line ${verdict.line} (ledger index ${verdict.index})`;
    return `${paint.bad('BROKEN')}  ${path}, ${place}\n${verdict.code}: ${verdict.message}`;
  }
  const { entries, sequences, decisions, gates } = verdict;
  const checked = [
    `${plural(entries, 'entry', 'entries')}: canonical, gapless, each after its cause${verdict.lateCauses > 0 ? ' or declared not to be' : ''}, each signed by a principal that may write its topic`,
    'the tree over all entries has the root that the ledger signed; the file is whole and unaltered',
    `${plural(sequences, 'sequence')} replayed: accepted and ordered as intended, ${plural(decisions, 'decision')} fold without a gap`,
    `${plural(gates, 'gate')} judged again: opened only on evidence in the ledger, before the step was ordered`,
    ...claimLines(verdict),
    ...pathLines(verdict),
  ];
  const facts = pairs([
    ['ledger', verdict.origin],
    ['size', String(entries)],
    ['root', verdict.root],
    ['recorded until', verdict.recordedUntil ?? 'nothing recorded'],
    ['ledger key', `${verdict.ledgerKey}${pinned ? ' (the one you gave)' : ''}`],
    ['file sha256', verdict.fileDigest],
  ]);
  const hint = pinned
    ? ''
    : '\n\nThe key is the one in the file. To know that it is the ledger you mean, give its key: --key <vkey>';
  const lines = [...checked.map((line) => `  ok  ${line}`), ...lateLines(verdict, paint)];
  return `${paint.good('VERIFIED')}  ${path}\n\n${lines.join('\n')}\n\n${facts}${hint}`;
}
