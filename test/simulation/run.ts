import { evidenceOf, type Evidence } from './check/evidence';
import { isSettled } from './check/settled';
import { check, UNHANDLED, type Violation } from './check/check';
import type { CallBook } from './calls';
import { House } from './house';
import type { Scenario } from './scenario/scenario';
import { NO_BUG, type Seams } from './seams';
import { bootClient } from './services/client';
import { bootExecutor } from './services/executor';
import { bootLedger } from './services/ledger';
import { changeAsTold, changeFromOutside, makeMischief } from './services/mischief';
import { bootOperator } from './services/operator';
import { bootProber } from './services/prober';
import { bootSequencer } from './services/sequencer';
import { takeOverTimers } from './time/timers';

export interface RunResult {
  readonly violations: readonly Violation[];
  readonly hits: House['faults']['hits'];
  readonly events: number;
  readonly virtualMs: number;
  readonly evidence: Evidence;
}

/** How long everything may take once nothing fails any more: longest deadline, lag and wait one after another. */
const LONGEST_QUIET_MS = 600_000;
const SLICE_MS = 1_000;

/** One run from its scenario: the same scenario and bug give the same run. */
export async function run(scenario: Scenario, bugs: Seams = NO_BUG, calls: CallBook | null = null): Promise<RunResult> {
  // Faults are errors by the thousand, and a stack costs more than all that follows from it.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 2;
  const house = new House(scenario, bugs, calls);
  const giveBack = takeOverTimers(house.time);
  const unhandled = (error: unknown): void => {
    house.exits.push({
      process: 'unknown',
      at: house.time.now,
      message: `${UNHANDLED}${String((error as Error).stack)}`,
    });
  };
  process.on('unhandledRejection', unhandled);
  try {
    start(house);
    await house.time.run(scenario.faultsForMs);
    house.heal();
    if (scenario.mode === 'liveness') await untilSettled(house);
    // Promises that were rejected unheard are told about now.
    await new Promise((resolve) => giveBack.immediate(resolve));
  } finally {
    giveBack.all();
    Error.stackTraceLimit = stackTraceLimit;
    process.off('unhandledRejection', unhandled);
  }
  const evidence = evidenceOf(house);
  const { hits } = house.faults;
  return { violations: check(evidence), hits, events: house.time.events, virtualMs: house.time.now, evidence };
}

function start(house: House): void {
  const { processes } = house.scenario;
  makeMischief(house);
  changeFromOutside(house);
  changeAsTold(house);
  for (let i = 1; i <= processes.sequencer; i++) house.keepRunning(`sequencer-${i}`, bootSequencer);
  for (let i = 1; i <= processes.ledger; i++) house.keepRunning(`ledger-${i}`, bootLedger);
  for (const name of house.executors)
    for (let i = 1; i <= processes.executor; i++)
      house.keepRunning(`executor-${name}-${i}`, (of, process) => bootExecutor(of, process, name));
  for (let i = 1; i <= processes.prober; i++) house.keepRunning(`readiness-prober-${i}`, bootProber);
  house.keepRunning('client', bootClient);
  house.keepRunning('operator', bootOperator);
}

async function untilSettled(house: House): Promise<void> {
  const endsAt = house.time.now + LONGEST_QUIET_MS;
  while (house.time.now < endsAt && !isSettled(house)) await house.time.run(house.time.now + SLICE_MS);
}
