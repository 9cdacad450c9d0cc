import { z } from 'zod';
import {
  checkpointView,
  consistencyReceipt,
  entryItem,
  entryWithLeaf,
  explanation,
  inclusionReceipt,
  page,
  problemBody,
  SEQUENCE_STATUSES,
  sequenceSummary,
  sequenceView,
  submitIntent,
  submittedIntent,
  targetEvent,
} from '@causeway/console-api';
import { plan } from '@causeway/contracts';
import { diagnosis } from '@causeway/self-check';
import { ID, inPath, INDEX, inQuery, json, KEY, LIMIT, ORDER, PAGING, ref, type Route } from './openapi-parts';
import { QUESTION_ROUTES, QUESTION_SCHEMAS } from './openapi-questions';

const LAST_EVENT_ID = {
  ...{ name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
  description: 'Goes on after this ledger index.',
};
const EVENTS = { type: 'text/event-stream', schema: { type: 'string' } };
const FILE = { type: 'application/jsonl', schema: { type: 'string' } };

const BASE_ROUTES: readonly Route[] = [
  {
    ...{ method: 'post', path: '/v1/intents', id: 'submitIntent', status: 202, content: json('SubmittedIntent') },
    summary: 'Submit a change intent: a plan to apply, or to preview.',
    parameters: [KEY],
    requestBody: { required: true, content: { 'application/json': { schema: ref('SubmitIntent') } } },
    refusals: [400, 403, 413, 415, 422, 503],
  },
  {
    ...{ method: 'get', path: '/v1/sequences', id: 'listSequences', content: json('SequencePage'), refusals: [400] },
    summary: 'Sequences, newest first.',
    parameters: [inQuery('status', 'Only these.', { enum: [...SEQUENCE_STATUSES] }), ...PAGING],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}', id: 'getSequence', content: json('Sequence'), refusals: [404] },
    summary: 'One sequence by step, scope and member, with what holds it and the four times.',
    parameters: [ID],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/explain', id: 'explainSequence', content: json('Explanation') },
    summary: 'Why it waits or failed, since when, what would unblock it, and the next check.',
    parameters: [ID, inQuery('step', 'Only this step.')],
    refusals: [404],
  },
  {
    ...{ method: 'get', path: '/v1/sequences/{id}/history', id: 'sequenceHistory', content: json('EntryPage') },
    summary: 'Ledger entries of a sequence, oldest or newest first.',
    parameters: [ID, ...PAGING, ORDER],
    refusals: [400, 404],
  },
  {
    ...{
      method: 'get',
      path: '/v1/sequences/{id}/stream',
      id: 'sequenceStream',
      content: EVENTS,
      refusals: [404, 503],
    },
    summary: 'Ledger entries of a sequence as they come: events "entry", and "end" after the last.',
    parameters: [ID, LAST_EVENT_ID],
  },
  {
    ...{ method: 'get', path: '/v1/targets/{name}/history', id: 'targetHistory', content: json('TargetEventPage') },
    summary: 'What sequences did at a target, and when it became effective where.',
    parameters: [inPath('name', 'Target name.'), ...PAGING, ORDER],
    refusals: [400, 404],
  },
  {
    ...{ method: 'get', path: '/v1/ledger/entries', id: 'listEntries', content: json('Entries'), refusals: [400] },
    summary: 'Ledger entries in order.',
    parameters: [inQuery('after', 'Only entries with a larger index.'), LIMIT],
  },
  {
    ...{ method: 'get', path: '/v1/ledger/entries/{index}', id: 'getEntry', content: json('EntryWithLeaf') },
    summary: 'One entry with the exact text of its leaf.',
    parameters: [INDEX],
    refusals: [400, 404],
  },
  {
    ...{ method: 'get', path: '/v1/ledger/entries/{index}/proof', id: 'proveEntry', content: json('InclusionReceipt') },
    summary: 'Receipt: inclusion of an entry in the newest checkpoint.',
    parameters: [INDEX],
    refusals: [400, 404],
  },
  {
    ...{
      method: 'get',
      path: '/v1/ledger/checkpoint',
      id: 'getCheckpoint',
      content: json('Checkpoint'),
      refusals: [404],
    },
    summary: 'The newest signed checkpoint whose entries are all here.',
  },
  {
    ...{ method: 'get', path: '/v1/ledger/consistency', id: 'proveConsistency', content: json('ConsistencyReceipt') },
    summary: 'Proof that the newest checkpoint only added to an older one.',
    parameters: [inQuery('from', 'Size of the older tree.')],
    refusals: [400, 404],
  },
  {
    ...{ method: 'get', path: '/v1/ledger/export', id: 'exportLedger', content: FILE, refusals: [503] },
    summary: 'The whole ledger up to the newest checkpoint, as a file that verifies offline.',
  },
  {
    ...{ method: 'get', path: '/v1/ledger/stream', id: 'ledgerStream', content: EVENTS, refusals: [503] },
    summary: 'All ledger entries as they come.',
    parameters: [LAST_EVENT_ID],
  },
  {
    ...{ method: 'get', path: '/v1/doctor', id: 'diagnose', content: json('Diagnosis') },
    summary: 'How Causeway itself is: what every service says of its part, worst first, with what to do.',
  },
  {
    ...{ method: 'get', path: '/v1/openapi.json', id: 'getOpenApi', open: true },
    content: { type: 'application/json', schema: { type: 'object' } },
    summary: 'This document.',
  },
];

/** A spec holds this list against the routes that Nest really serves. */
export const ROUTES: readonly Route[] = [...BASE_ROUTES, ...QUESTION_ROUTES];

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  SubmitIntent: submitIntent.extend({ plan }),
  SubmittedIntent: submittedIntent,
  SequencePage: page(sequenceSummary),
  Sequence: sequenceView,
  Explanation: explanation,
  EntryPage: page(entryItem),
  Entries: z.strictObject({ items: z.array(entryItem) }),
  EntryWithLeaf: entryWithLeaf,
  InclusionReceipt: inclusionReceipt,
  ConsistencyReceipt: consistencyReceipt,
  Checkpoint: checkpointView,
  TargetEventPage: page(targetEvent),
  Diagnosis: diagnosis,
  ...QUESTION_SCHEMAS,
  Problem: problemBody,
};

/** The HTTP door as OpenAPI 3.1, made of the same schemas that the answers are checked with. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Causeway console',
      version: '1.0.0',
      description:
        'The one HTTP door of Causeway: submit intents, ask about sequences and targets, read and prove the ledger.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths: pathsOf(ROUTES),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(name, schema)])),
    },
  };
}

function schemaOf(name: string, schema: z.ZodType): object {
  const io = name.startsWith('Submit') && !name.startsWith('Submitted') ? 'input' : 'output';
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' });
  return rewrite(rest, `#/components/schemas/${name}`) as object;
}

/** Recursive schemas refer to their own root; inside the document that root lies deeper. */
function rewrite(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, base));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string' ? [key, item.replace(/^#/, base)] : [key, rewrite(item, base)],
    ),
  );
}

function pathsOf(routes: readonly Route[]): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return paths;
}

function operationOf(route: Route): object {
  const { id, summary, parameters, requestBody, status = 200, content, refusals = [], open } = route;
  const problem = { content: { 'application/problem+json': { schema: ref('Problem') } } };
  const codes = open ? [] : [...new Set([401, ...refusals])].sort();
  return {
    operationId: id,
    summary,
    ...(parameters ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    ...(open ? { security: [] } : {}),
    responses: {
      [status]: { description: summary, content: { [content.type]: { schema: content.schema } } },
      ...Object.fromEntries(codes.map((code) => [code, { description: 'Refused, and why.', ...problem }])),
    },
  };
}
