import type { z } from 'zod';
import {
  asOfPage,
  decisionView,
  evidence,
  explainedAnswer,
  mutationItem,
  outsideAnswer,
  submitDecision,
} from '@causeway/console-api';
import { MUTATION_CLASSES } from '@causeway/contracts';
import { ID, inPath, inQuery, json, KEY, PAGING, ref, type Route } from './openapi-parts';

const DECISION_KEY = {
  ...KEY,
  description: 'The same key and body answer the same; the same key with another body is refused.',
};
const TIME = 'RFC 3339 in UTC, or how long ago (30m).';
const BOOLEAN = { type: 'boolean' };
const TARGETS = {
  ...inQuery('target', 'Only these targets; none: all that are registered or were ever observed.', {
    type: 'array',
    items: { type: 'string' },
  }),
  explode: true,
};

/** What people ask the ledger, and what operators decide. */
export const QUESTION_ROUTES: readonly Route[] = [
  {
    ...{ method: 'post', path: '/v1/sequences/{id}/decisions', id: 'submitDecision', status: 202 },
    content: json('Decision'),
    summary:
      'Decide about a sequence that waits for an operator: resume it, with what it noticed accepted, or abort it.',
    parameters: [ID, DECISION_KEY],
    requestBody: { required: true, content: { 'application/json': { schema: ref('SubmitDecision') } } },
    refusals: [400, 403, 404, 409, 415, 422],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/decisions/{decision}', id: 'getDecision', content: json('Decision') },
    summary: 'A decision and what became of it.',
    parameters: [ID, inPath('decision', 'Decision id.')],
    refusals: [404],
  },
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
  SubmitDecision: submitDecision,
  Decision: decisionView,
  MutationPage: asOfPage(mutationItem),
  Explained: explainedAnswer,
  Outside: outsideAnswer,
  Evidence: evidence,
};
