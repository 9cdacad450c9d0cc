import type { PathAnswer } from '@causeway/console-api';
import type { Story } from '../story';
import { until } from '../until';
import type { ShelfWorld } from './shelf-world';

const SOON_MS = 60_000;
/** What depends on when somebody looked, not on what happened. */
const OF_WAITING = ['gate-held', 'scope-ready', 'scope-withdrawn'];

/** What a run over both shelves comes to, without the times. */
export interface Outcome {
  readonly status: string;
  readonly facts: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly classes: readonly string[];
}

/** What `putOnBoth` comes to when nothing disturbs it, besides its facts. */
export const UNDISTURBED: Omit<Outcome, 'facts'> = {
  status: 'completed',
  paths: [
    ['front by executor', 'back by executor'],
    ['front by executor', 'back by executor'],
  ],
  classes: ['front expected', 'back expected'],
};

/** @param value what the sequence puts on both shelves, and nobody else does */
export async function outcomeOf(story: Story<ShelfWorld>, id: string, value: string): Promise<Outcome> {
  const { status } = await story.ended(id);
  const kept = story.tape.all(id).filter(({ kind }) => !OF_WAITING.includes(kind));
  return {
    status,
    facts: lookedAtOnce(kept.map((fact) => ('step' in fact ? `${fact.kind} ${fact.step}` : fact.kind))),
    paths: await Promise.all(['us', 'eu'].map((scope) => pathOf(story, id, scope))),
    classes: await classesOf(story, value),
  };
}

/** After a recovery what was seen may be too old, and is looked at once more. */
const lookedAtOnce = (facts: readonly string[]): string[] =>
  facts.filter((fact, i) => !/^(probe-requested|step-ready)/.test(fact) || facts.indexOf(fact) === i);

/** In which order the steps took effect in a scope, once all of it is told. */
const pathOf = (story: Story<ShelfWorld>, id: string, scope: string): Promise<string[]> =>
  until(
    `the whole path of ${scope}`,
    async () => {
      const answer = (await (await story.ask(`/v1/sequences/${id}/paths/${scope}`)).json()) as PathAnswer;
      const isWhole = answer.steps.length === 2;
      return isWhole && answer.steps.map(({ step, madeBy }) => `${step} by ${madeBy.kind}`);
    },
    SOON_MS,
  );

/** Class of what was seen at both targets, once it is classed. */
const classesOf = (story: Story<ShelfWorld>, value: string): Promise<string[]> =>
  until(
    `classes of ${value}`,
    async () => {
      const seen = await Promise.all(['front', 'back'].map((target) => story.mutations(target)));
      const found = seen.flat().filter(({ with: about }) => about['value'] === value);
      const classed = found.flatMap(({ target, class: of }) => (of === null ? [] : `${target} ${of}`));
      return classed.length === 2 ? classed : null;
    },
    SOON_MS,
  );
