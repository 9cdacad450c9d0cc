import { readFileSync } from 'node:fs';

/** The workload's rules (closed and open loop, measured window, CPU of the group under test), as in its description. */
export type Run = (sequence: number) => Promise<{ steps: number[] }>;

export const stamp = (): number => performance.timeOrigin + performance.now();

export interface Measured {
  readonly throughput: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly step_gap_p50_ms: number | null;
  readonly step_gap_p99_ms: number | null;
  readonly samples: number;
  readonly errors: number;
  readonly machine_cores: number;
  readonly bench_cores: number | null;
  readonly foreign_cores: number | null;
  readonly more: Readonly<Record<string, unknown>>;
}

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

/** Nearest-rank quantile. */
function quantile(values: readonly number[], q: number): number | null {
  const sorted = Float64Array.from(values).sort();
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  return value === undefined ? null : rounded(value);
}

interface Cpu {
  readonly busy: number;
  readonly own: number | null;
  readonly at: number;
}

/** CPU seconds of the machine, and of the control group under test when BENCH_CPUACCT names its folder. */
function cpuNow(): Cpu {
  const own = process.env.BENCH_CPUACCT;
  const at = stamp() / 1000;
  const line = process.platform === 'linux' ? (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '') : '';
  const ticks = line.trim().split(/\s+/).slice(1).map(Number);
  const busy = [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + (ticks[i] ?? 0), 0) / 100;
  return { busy, at, own: own ? Number(readFileSync(`${own}/cpuacct.usage`, 'utf8')) / 1e9 : null };
}

function cores(from: Cpu, to: Cpu): Pick<Measured, 'machine_cores' | 'bench_cores' | 'foreign_cores'> {
  const seconds = to.at - from.at;
  const machine = (to.busy - from.busy) / seconds;
  const own = from.own === null || to.own === null ? null : (to.own - from.own) / seconds;
  return {
    machine_cores: rounded(machine, 2),
    bench_cores: own === null ? null : rounded(own, 2),
    foreign_cores: own === null ? null : rounded(Math.max(0, machine - own), 2),
  };
}

class Samples {
  readonly latencies: number[] = [];
  readonly gaps: number[] = [];
  errors = 0;

  add(latency: number, steps: readonly number[]): void {
    this.latencies.push(latency);
    for (let i = 1; i < steps.length; i++) this.gaps.push((steps[i] as number) - (steps[i - 1] as number));
  }

  failed(error: unknown): void {
    if (this.errors++ < 3) console.error(error);
  }

  summary(
    seconds: number,
    done: number,
    cpu: ReturnType<typeof cores>,
    more: Readonly<Record<string, unknown>>,
  ): Measured {
    return {
      throughput: rounded(done / seconds, 1),
      p50_ms: quantile(this.latencies, 0.5),
      p99_ms: quantile(this.latencies, 0.99),
      step_gap_p50_ms: quantile(this.gaps, 0.5),
      step_gap_p99_ms: quantile(this.gaps, 0.99),
      samples: this.latencies.length,
      errors: this.errors,
      ...cpu,
      more,
    };
  }
}

const STEPS_PER_SEQUENCE = 4;

/** CPU microseconds a step, by process, over the measured window. */
function perStep(
  from: ReadonlyMap<string, number>,
  to: ReadonlyMap<string, number>,
  steps: number,
): Record<string, number> {
  return Object.fromEntries(
    [...to].map(([name, seconds]) => [
      name,
      Math.round(((seconds - (from.get(name) ?? 0)) * 1e6) / Math.max(1, steps)),
    ]),
  );
}

/** `lanes` sequences in flight: each lane submits its next when its last has ended. What ends inside the window counts. */
export async function closedLoop(
  run: Run,
  lanes: number,
  warmupMs: number,
  measureMs: number,
  ownCpu: () => Map<string, number>,
): Promise<Measured> {
  const begin = stamp() + warmupMs;
  const end = begin + measureMs;
  const samples = new Samples();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (stamp() < end && samples.errors < 100) {
      const started = stamp();
      try {
        const { steps } = await run(next++);
        const ended = stamp();
        if (ended >= begin && ended < end) samples.add(ended - started, steps);
      } catch (error) {
        samples.failed(error);
      }
    }
  };
  const window: { from?: Cpu; to?: Cpu; ownFrom?: Map<string, number>; ownTo?: Map<string, number> } = {};
  const marks = [
    setTimeout(() => Object.assign(window, { from: cpuNow(), ownFrom: ownCpu() }), warmupMs),
    setTimeout(() => Object.assign(window, { to: cpuNow(), ownTo: ownCpu() }), warmupMs + measureMs),
  ];
  await Promise.all(Array.from({ length: lanes }, lane));
  marks.forEach(clearTimeout);
  const to = window.to ?? cpuNow();
  const steps = samples.latencies.length * STEPS_PER_SEQUENCE;
  const cpu_us_per_step = perStep(window.ownFrom ?? new Map(), window.ownTo ?? ownCpu(), steps);
  return samples.summary(measureMs / 1000, samples.latencies.length, cores(window.from ?? to, to), { cpu_us_per_step });
}

/** Starts at a fixed rate whatever is still running; latency counts from the scheduled start. */
export async function openLoop(
  run: Run,
  rate: number,
  warmupMs: number,
  measureMs: number,
  drainMs = 10_000,
): Promise<Measured> {
  const zero = stamp();
  const [begin, end] = [zero + warmupMs, zero + warmupMs + measureMs];
  const samples = new Samples();
  let [started, inTime, unfinished] = [0, 0, 0];
  let from = cpuNow();
  setTimeout(() => (from = cpuNow()), warmupMs);
  for (let i = 0; ; i++) {
    const due = zero + (i * 1000) / rate;
    if (due >= end) break;
    while (stamp() < due) await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - stamp())));
    const counted = due >= begin;
    if (counted) started++;
    unfinished++;
    void run(i)
      .then(({ steps }) => {
        const ended = stamp();
        if (counted) samples.add(ended - due, steps);
        if (counted && ended < end) inTime++;
      })
      .catch((error: unknown) => samples.failed(error))
      .finally(() => unfinished--);
  }
  const cpu = cores(from, cpuNow());
  for (const limit = stamp() + drainMs; unfinished > 0 && stamp() < limit;)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return samples.summary(measureMs / 1000, inTime, cpu, {
    started,
    finished_late: samples.latencies.length - inTime,
    unfinished,
  });
}
