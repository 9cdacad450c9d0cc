import type { ManagerRequest } from './log-line';
import { settle, type Versions } from './settle';

const OK = { deploy: 57, undeploy: 59, start: 56, stop: 56 };
/** Of version 1.1.0, so the lengths are those that Tomcat sends. */
const request = (command: ManagerRequest['command'], more: Partial<ManagerRequest> = {}): ManagerRequest => ({
  ...{ id: '1', command, version: '1.1.0', replaces: false, begunAt: 100, endedAt: 200 },
  ...{ user: 'somebody', address: null, agent: null, attempt: null, status: 200, bytes: OK[command] },
  ...more,
});
const ANOTHER_LANGUAGE = 999;
const FAILED_START = 87;
const NOT_THERE = 50;
const running: Versions = { '1.1.0': 'running' };
const stopped: Versions = { '1.1.0': 'stopped' };

function told(requests: ManagerRequest[], before: Versions, now: Versions): string {
  const { effects, open } = settle(requests, { versions: before, broughtAt: {} }, now, 'shop');
  return [...effects.map((one) => `${one.request.user} ${one.effect}`), ...open.map(() => 'open')].join(', ');
}

it.each<[string, ManagerRequest[], Versions, Versions, string]>([
  ['deployed', [request('deploy')], {}, running, 'somebody set'],
  ['there already', [request('deploy')], running, running, ''],
  ['replaced', [request('deploy', { replaces: true })], running, running, 'somebody set'],
  ['did not start', [request('deploy', { bytes: FAILED_START })], {}, stopped, ''],
  [
    'replaced by what does not start',
    [request('deploy', { bytes: FAILED_START })],
    running,
    stopped,
    'somebody removed',
  ],
  ['undeployed', [request('undeploy')], running, {}, 'somebody removed'],
  ['undeployed what stood still', [request('undeploy')], stopped, {}, ''],
  ['undeployed what is not there', [request('undeploy', { bytes: NOT_THERE })], {}, {}, ''],
  ['stopped twice', [request('stop'), request('stop')], running, stopped, 'somebody removed, somebody removed'],
  ['started', [request('start')], stopped, running, 'somebody set'],
  [
    'deployed and undeployed at once',
    [request('deploy'), request('undeploy')],
    {},
    {},
    'somebody set, somebody removed',
  ],
])('%s', (_, requests, before, now, expected) => {
  expect(told(requests, before, now)).toBe(expected);
});

it.each<[string, ManagerRequest['command'], Versions, Versions, string]>([
  ['deployed', 'deploy', {}, running, 'somebody set'],
  ['not deployed', 'deploy', {}, {}, ''],
  ['did not start', 'deploy', {}, stopped, ''],
  ['there already', 'deploy', running, running, ''],
  ['undeployed', 'undeploy', running, {}, 'somebody removed'],
  ['not undeployed', 'undeploy', running, running, ''],
  ['stopped', 'stop', running, stopped, 'somebody removed'],
])('in another language, by what is there: %s', (_, command, before, now, expected) => {
  expect(told([request(command, { bytes: ANOTHER_LANGUAGE })], before, now)).toBe(expected);
});

it('knows an answer that was sent in a chunk', () => {
  expect(told([request('deploy', { bytes: 98 })], {}, running)).toBe('');
  expect(told([request('undeploy', { bytes: 70 })], running, running)).toBe('somebody removed');
});

describe('two deployments of one version at once: "deployed" and "already exists" are of one length', () => {
  const one = request('deploy', { user: 'one', begunAt: 100, endedAt: 160 });
  const other = request('deploy', { user: 'other', begunAt: 150, endedAt: 300 });
  const later = request('deploy', { user: 'later', begunAt: 301, endedAt: 310 });

  it('both are told, since nobody knows which of them did it; one that began after it was there is not', () => {
    expect(told([one, other, later], {}, running)).toBe('one set, other set');
  });

  it('also when the second comes into the log later', () => {
    const { known } = settle([one], { versions: {}, broughtAt: {} }, running, 'shop');
    expect(settle([later], known, running, 'shop').effects).toEqual([]);
    expect(settle([other], known, running, 'shop').effects).toHaveLength(1);
  });

  it('while another brings it up, it was there already', () => {
    expect(told([one], {}, stopped)).toBe('');
  });

  it('when it is not there, somebody else may have taken it out, and his request may not be in the log yet', () => {
    expect(told([one], {}, {})).toBe('one set, open');
  });
});
