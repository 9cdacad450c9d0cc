/** The executor of the chaos world: four changes, one a capability class, as a vendor would write them. */
import { callTarget, jsonOf, refusalOf, runExecutor, type TargetAnswer } from '@causeway/executor-host';
import { NotApplied, type ChangeRequest, type Executor, type LookUp, type Written } from '@causeway/executor-sdk';
import { z } from 'zod';
import { changeOf, EXECUTOR, TARGETS, targetNames, type TargetName } from './plan';

const parameters = z.object({ resource: z.string(), value: z.string() });
const state = z.object({ version: z.number(), value: z.string().nullable(), byAttempt: z.string().nullable() });
type State = z.output<typeof state>;

const SYSTEM = 'the world';

function worldExecutor(url: string): Executor {
  const resourceUrl = (request: ChangeRequest): string =>
    `${url}/${request.target}/${parameters.parse(request.with).resource}`;
  const read = async (request: ChangeRequest): Promise<State> => {
    const answer = await callTarget({ method: 'GET', url: resourceUrl(request), signal: request.signal });
    return state.parse(jsonOf({ system: SYSTEM, what: 'read' }, mustBeOk(answer, 'read')));
  };
  const apply = async (request: ChangeRequest): Promise<Written> => {
    const { value } = parameters.parse(request.with);
    const answer = await callTarget({
      ...{ method: 'PUT', url: resourceUrl(request), signal: request.signal },
      headers: { 'x-process': String(process.pid), ...(await guardOf(request, read)) },
      body: JSON.stringify({ value, attemptId: request.attemptId }),
    });
    if (answer.status === 412) throw overtaken();
    return { changed: true, evidence: { status: mustBeOk(answer, 'write').status } };
  };
  return {
    kind: EXECUTOR,
    version: '1.0.0',
    history: 'snapshot-only',
    changes: Object.fromEntries(
      targetNames.map((name) => [changeOf(name), { capability: TARGETS[name], checksEpoch: false }]),
    ),
    lookUp: async (request) =>
      isReadable(request) ? lookUpOf(request, await read(request)) : { ...NOTHING_KNOWN, state: 'unknown' },
    apply,
    revert: () => Promise.reject(new NotApplied({ code: 'no-way-back', message: 'this world cannot take back' })),
  };
}

/** What goes with a write of the class: the version seen (A) or the attempt's own key (B). */
async function guardOf(
  request: ChangeRequest,
  read: (request: ChangeRequest) => Promise<State>,
): Promise<Record<string, string>> {
  const capability = TARGETS[request.target as TargetName];
  if (capability === 'A') return { 'if-match': String((await read(request)).version) };
  return capability === 'B' ? { 'idempotency-key': request.attemptId } : {};
}

const isReadable = ({ target }: ChangeRequest): boolean => TARGETS[target as TargetName] !== 'D';
const NOTHING_KNOWN = { byThisAttempt: null, evidence: {} };

function lookUpOf(request: ChangeRequest, { value, byAttempt }: State): LookUp {
  const isSo = value === parameters.parse(request.with).value;
  return {
    state: isSo ? 'in-effect' : 'absent',
    byThisAttempt: isSo ? byAttempt === request.attemptId : null,
    evidence: { value, byAttempt },
  };
}

const overtaken = (): NotApplied =>
  new NotApplied({ code: 'overtaken', message: 'somebody wrote meanwhile', retriable: true });

function mustBeOk(answer: TargetAnswer, what: string): TargetAnswer {
  if (answer.status >= 300) throw refusalOf({ system: SYSTEM, what }, answer);
  return answer;
}

void runExecutor({
  name: EXECUTOR,
  environment: z.object({ WORLD_URL: z.string().min(1) }),
  createExecutor: ({ WORLD_URL }) => worldExecutor(WORLD_URL),
  serialBy: 'sequence',
});
