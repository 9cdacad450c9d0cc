import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../cache/lock';
import { call } from '../http/call';
import { endLeftovers } from './leftovers';
import { startProcess, type ProcessPlan } from './managed-process';
import { freePorts } from './ports';

const SERVER = 'require("http").createServer((q, s) => s.end("here")).listen(Number(process.argv[1]), "127.0.0.1")';

describe('a managed process', () => {
  beforeAll(() => void (process.env['CAUSEWAY_CACHE'] = mkdtempSync(join(tmpdir(), 'causeway-cache-'))));
  afterAll(() => void delete process.env['CAUSEWAY_CACHE']);

  it('is ready when it serves, hangs while paused, goes on when resumed, and is gone when stopped', async () => {
    const { plan, url } = await serverPlan(SERVER);
    const running = await startProcess(plan);
    expect((await call({ url })).text).toBe('here');
    running.pause();
    await expect(call({ url, timeoutMs: 300 })).rejects.toThrow();
    running.resume();
    expect((await call({ url })).text).toBe('here');
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
  });

  it('starts again as it was started, after it was killed too', async () => {
    const { plan, url } = await serverPlan(SERVER);
    const running = await startProcess(plan);
    const first = running.pid;
    await running.kill();
    await running.restart();
    expect((await call({ url })).text).toBe('here');
    expect(running.pid).not.toBe(first);
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
  });

  it('tells its end, whoever ended it', async () => {
    const { plan } = await serverPlan(SERVER);
    const running = await startProcess(plan);
    process.kill(running.pid, 'SIGKILL');
    await running.ended();
    expect(isAlive(running.pid)).toBe(false);
  });

  it('is killed when it does not listen to being asked', async () => {
    const { plan } = await serverPlan(`process.on("SIGTERM", () => undefined); ${SERVER}`);
    const running = await startProcess({ ...plan, graceMs: 200 });
    await running.stop();
    expect(isAlive(running.pid)).toBe(false);
  });

  it('that ends before it is ready shows the end of its log', async () => {
    const { plan } = await serverPlan('console.error("no such port"); process.exit(3)');
    await expect(startProcess(plan)).rejects.toThrow(/server ended \(3\) before it was ready.*\nno such port/s);
  });

  it('that never serves is ended at the deadline, and says so', async () => {
    const { plan } = await serverPlan('setInterval(() => undefined, 1000)');
    await expect(startProcess({ ...plan, readyWithinMs: 300 })).rejects.toThrow('server was not ready after 0.3 s');
  });

  it('is ended at the next start when its parent was killed', async () => {
    const { orphan } = orphanOf('process.kill(process.pid, "SIGKILL")');
    expect(isAlive(orphan)).toBe(true);
    expect(endLeftovers(() => undefined)).toEqual(['orphan']);
    expect(await isGone(orphan)).toBe(true);
  });

  it('is ended with its parent when that is told to go before it listens to signals, and in the order of one that does', async () => {
    const deaf = orphanOf('process.kill(process.pid, "SIGTERM"); setInterval(() => 0, 1000)');
    expect(deaf.code).toBe(128 + 15);
    expect(await isGone(deaf.orphan)).toBe(true);
    const listening = orphanOf(
      'process.once("SIGTERM", () => setTimeout(() => process.exit(7), 50)); process.kill(process.pid, "SIGTERM"); setInterval(() => 0, 1000)',
    );
    expect(listening.code).toBe(7);
    expect(await isGone(listening.orphan)).toBe(true);
  });
});

/** A parent that starts a child as the lab does, tells its id, and meets its end. */
function orphanOf(end: string): { orphan: number; code: number | null } {
  const parent = `
    const { rememberChild } = require(${JSON.stringify(join(__dirname, '..', '..', 'dist', 'lab', 'processes', 'leftovers'))});
    const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { detached: true, stdio: "ignore" });
    rememberChild(child.pid, "orphan");
    console.log(child.pid);
    ${end};`;
  const { stdout, status } = spawnSync(process.execPath, ['-e', parent], { encoding: 'utf8', env: process.env });
  return { orphan: Number(stdout), code: status };
}

async function isGone(pid: number): Promise<boolean> {
  for (let looks = 0; looks < 50 && isAlive(pid); looks++) await sleep(20);
  return !isAlive(pid);
}

async function serverPlan(program: string): Promise<{ plan: ProcessPlan; url: string }> {
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const plan: ProcessPlan = {
    name: 'server',
    command: process.execPath,
    args: ['-e', program, String(port)],
    logFile: join(mkdtempSync(join(tmpdir(), 'causeway-process-')), 'server.log'),
    isReady: async () => (await call({ url, timeoutMs: 500 })).status === 200,
    readyWithinMs: 10_000,
  };
  return { plan, url };
}
