import type { z } from 'zod';
import {
  asOfPage,
  decisionView,
  effectiveAnswer,
  evidence,
  explainedAnswer,
  exposureAnswer,
  lackingAnswer,
  mutationItem,
  outsideAnswer,
  pathAnswer,
  pathDiffAnswer,
  submitDecision,
  upstreamAnswer,
  waitingItem,
} from '@causeway/console-api';
import { MUTATION_CLASSES } from '@causeway/contracts';
import { ID, inPath, inQuery, json, KEY, PAGING, ref, type Route } from './openapi-parts';

const DECISION_KEY = {
  ...KEY,
  description: 'The same key and body answer the same; the same key with another body is refused.',
};
const SCOPE = inPath('scope', 'Scope of the plan.');
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
      'Decide about a sequence: resume it, with what it noticed accepted, abort it, or settle a step whose outcome is unknown.',
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
    ...{ method: 'get', path: '/v1/sequences/{id}/paths/{scope}', id: 'getPath', content: json('Path') },
    summary: 'In which order steps became effective in a scope, who made them so, and where that is not the plan.',
    parameters: [ID, SCOPE],
    refusals: [404],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/paths/{scope}/diff/{other}', id: 'diffPaths' },
    content: json('PathDiff'),
    summary: 'How the paths of two scopes differ, with the first difference and the exposure windows.',
    parameters: [ID, SCOPE, inPath('other', 'The other scope of the plan.')],
    refusals: [404],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/exposure', id: 'getExposure', content: json('Exposure') },
    summary:
      'For how long a later step was effective while an earlier one was not, per scope and edge, and how exactly.',
    parameters: [ID],
    refusals: [404],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/effective', id: 'effectiveAt', content: json('Effective') },
    summary: 'What was effective in a scope at a time, and what the records said of it by then.',
    parameters: [ID, inQuery('scope', 'Scope of the plan.'), inQuery('at', `Absent: now. ${TIME}`)],
    refusals: [400, 404],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/steps/{step}/lacking', id: 'lackingStep', content: json('Lacking') },
    summary: 'Members that did not show a step when they were last looked at.',
    parameters: [ID, inPath('step', 'Step id.')],
    refusals: [404],
  },
  {
    ...{ method: 'get', path: '/v1/waiting', id: 'listWaiting', content: json('WaitingPage'), refusals: [400] },
    summary: 'What each open sequence waits for, since when, and who can do something about it.',
    parameters: PAGING,
  },
  {
    ...{ method: 'get', path: '/v1/targets/{name}/upstream', id: 'upstreamOf', content: json('Upstream') },
    summary: 'What changed at the targets of steps that this target needs, in effective order.',
    parameters: [
      inPath('name', 'Target name.'),
      inQuery('since', `Absent: 30m. ${TIME}`),
      inQuery('until', `End, not included; absent: now. ${TIME}`),
    ],
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
  Path: pathAnswer,
  PathDiff: pathDiffAnswer,
  Exposure: exposureAnswer,
  Effective: effectiveAnswer,
  Lacking: lackingAnswer,
  WaitingPage: asOfPage(waitingItem),
  Upstream: upstreamAnswer,
  Evidence: evidence,
};
