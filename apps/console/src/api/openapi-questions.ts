import type { z } from 'zod';
import { asOfPage, evidence, explainedAnswer, mutationItem, outsideAnswer } from '@causeway/console-api';
import { MUTATION_CLASSES } from '@causeway/contracts';
import { inQuery, json, PAGING, type Route } from './openapi-parts';

const TIME = 'RFC 3339 in UTC, or how long ago (30m).';
const BOOLEAN = { type: 'boolean' };
const TARGETS = {
  ...inQuery('target', 'Only these targets; none: all that are registered or were ever observed.', {
    type: 'array',
    items: { type: 'string' },
  }),
  explode: true,
};

/** What people ask the ledger. */
export const QUESTION_ROUTES: readonly Route[] = [
  {
    ...{
      method: 'get',
      path: '/v1/mutations',
      id: 'listMutations',
      content: json('MutationPage'),
      refusals: [400, 404],
    },
    summary: 'Changes seen at targets, whoever made them, newest first, each with what it is against the plans.',
    parameters: [
      inQuery('target', 'Only of this target.'),
      inQuery('resource', 'Only of this resource, as its system addresses it.'),
      inQuery('class', 'Only of this class.', { enum: [...MUTATION_CLASSES] }),
      inQuery('unexplained', 'Only what no plan explains.', BOOLEAN),
      inQuery('since', `Only what observers saw since then. ${TIME}`),
      ...PAGING,
    ],
  },
  {
    ...{ method: 'get', path: '/v1/mutations/explained', id: 'explainedRatio', content: json('Explained') },
    summary: 'How much of what was seen is explained by plans, per target and per owner team.',
  },
  {
    ...{ method: 'get', path: '/v1/mutations/outside', id: 'outsideTheLayer', content: json('Outside') },
    summary: 'Whether anything was done outside the layer in a time: "no" only when observers vouch for all of it.',
    parameters: [inQuery('from', `Begin. ${TIME}`), inQuery('to', `End, not included; absent: now. ${TIME}`), TARGETS],
    refusals: [400, 404],
  },
  {
    ...{ method: 'get', path: '/v1/ledger/evidence', id: 'proveEntries', content: json('Evidence') },
    summary: 'Entries with their inclusion proofs, all against one checkpoint: what an answer rests on.',
    parameters: [inQuery('indices', 'Ledger positions with commas between them, 500 at most.')],
    refusals: [400, 404],
  },
];

export const QUESTION_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  MutationPage: asOfPage(mutationItem),
  Explained: explainedAnswer,
  Outside: outsideAnswer,
  Evidence: evidence,
};
