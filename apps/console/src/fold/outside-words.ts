import type { MutationItem, OutsideAnswer } from '@causeway/console-api';
import { actorWords, clock } from './words';

type Said = Pick<
  OutsideAnswer,
  'answer' | 'from' | 'to' | 'targets' | 'mutations' | 'more' | 'unclassed' | 'uncovered'
>;

/** The longest list in a sentence; the rest is in the data. */
const MOST_NAMED = 3;

/** Whether anything was done outside the layer, in a sentence or two. */
export function outsideWords(said: Said): string {
  const { answer, targets, mutations, unclassed, from, to } = said;
  const time = `between ${clock(from)} and ${clock(to)}`;
  const where = targets.length === 0 ? 'any target' : targets.join(', ');
  if (answer === 'no')
    return `No: nothing was done to ${where} outside the layer ${time}, and observers covered all of it.`;
  if (answer === 'yes')
    return `Yes: ${countWords(said)} ${time}: ${named(mutations)}.${unclassedWords(said)}${holeWords(said)}`;
  if (targets.length === 0) return `Not known: no target is registered here and none was ever observed ${time}.`;
  if (unclassed.length > 0)
    return `Not known: ${markedWords(said)} at ${where} ${time} ${classWords(said)}: ${named(unclassed)}.${holeWords(said)}`;
  return `Not known: nothing was seen at ${where} ${time}, but observers do not vouch for all of it.${holeWords(said)}`;
}

const countWords = ({ mutations, more }: Said): string =>
  `${more ? 'more than ' : ''}${mutations.length} ${mutations.length === 1 ? 'mutation' : 'mutations'} outside the layer`;

const markedWords = ({ unclassed }: Said): string =>
  `${unclassed.length} ${unclassed.length === 1 ? 'mutation' : 'mutations'}`;

const classWords = ({ unclassed }: Said): string =>
  unclassed.length === 1
    ? 'bears the mark of our executor and is not classed yet'
    : 'bear the mark of our executor and are not classed yet';

const unclassedWords = ({ unclassed }: Said): string =>
  unclassed.length === 0 ? '' : ` Not classed yet: ${named(unclassed)}.`;

function named(mutations: readonly MutationItem[]): string {
  const shown = mutations.slice(0, MOST_NAMED).map((one) => `${one.resource} at ${one.target} by ${actorWords(one)}`);
  const rest = mutations.length - shown.length;
  return rest > 0 ? `${shown.join('; ')}; and ${rest} more` : shown.join('; ');
}

function holeWords({ uncovered }: Said): string {
  if (uncovered.length === 0) return '';
  const shown = uncovered.slice(0, MOST_NAMED).map(({ target, from, to, reason }) => {
    return `${target} from ${clock(from)} to ${clock(to)} (${reason ?? 'no observer spoke of it'})`;
  });
  const rest = uncovered.length - shown.length;
  return ` Not observed: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}
