/**
 * Loaded into every service of a chaos run before its own code (`node --require`): wraps what services stand on (pg, kafkajs, undici),
 * so that a process kills or stops itself exactly at a named point. Production code has no hook for it.
 *
 * Armed by a file: read at the start of the process and at SIGUSR2. It does at most one deed an arming.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { armFile, ENV, hitsFile, type Arming, type Hit, type PointName } from './points';
import { watchDatabase } from './watch-database';
import { watchBroker } from './watch-broker';
import { watchTarget } from './watch-target';

const name = process.env[ENV.name];
const folder = process.env[ENV.folder];

let armed: Arming | null = null;
let passed = 0;

function arm(): void {
  passed = 0;
  try {
    armed = JSON.parse(readFileSync(armFile(folder as string, name as string), 'utf8')) as Arming | null;
  } catch {
    armed = null;
  }
}

/** Told at every point the process comes to. */
function reach(point: PointName): void {
  if (armed?.point !== point || passed++ < armed.pass) return;
  act(armed);
}

function act({ point, deed }: Arming): void {
  armed = null;
  const hit: Hit = { at: Date.now(), name: name as string, pid: process.pid, point, deed };
  appendFileSync(hitsFile(folder as string), `${JSON.stringify(hit)}\n`);
  process.kill(process.pid, deed === 'kill' ? 'SIGKILL' : 'SIGSTOP');
}

function watch(): void {
  arm();
  process.on('SIGUSR2', arm);
  if (armed?.point === 'start') setTimeout(act, armed.afterMs ?? 0, armed).unref();
  watchDatabase(reach);
  watchBroker(reach);
  watchTarget(reach);
}

if (name !== undefined && folder !== undefined) watch();
