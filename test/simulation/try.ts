import { run } from './run';
import { scenarioOf } from './scenario/generate';
async function main() {
  const [from, to] = [Number(process.argv[2]), Number(process.argv[3])];
  const t0 = process.hrtime.bigint();
  const c0 = process.cpuUsage();
  let ev = 0,
    vm = 0;
  const hits: Record<string, number> = {};
  const kinds = new Map<string, number[]>();
  for (let seed = from; seed < to; seed++) {
    const t1 = process.hrtime.bigint();
    const r = await run(scenarioOf(seed));
    const ms = Number(process.hrtime.bigint() - t1) / 1e6;
    ev += r.events;
    vm += r.virtualMs;
    for (const [k, n] of Object.entries(r.hits)) hits[k] = (hits[k] ?? 0) + n;
    if (ms > 300) console.log('slow', seed, ms.toFixed(0), r.events, r.virtualMs);
    for (const v of r.violations) {
      const k =
        v.invariant +
        ' ' +
        v.detail
          .replace(/[0-9a-f-]{36}/g, 'ID')
          .replace(/\d+/g, 'N')
          .slice(0, 300);
      kinds.set(k, [...(kinds.get(k) ?? []), seed]);
    }
  }
  const s = Number(process.hrtime.bigint() - t0) / 1e9;
  for (const [k, seeds] of [...kinds].sort((a, b) => b[1].length - a[1].length))
    console.log(seeds.length, k, [...new Set(seeds)].slice(0, 5).join());
  const c = process.cpuUsage(c0);
  console.log({
    cpuMsPerSeed: (c.user + c.system) / 1000 / (to - from),
    perSeedMs: (s * 1000) / (to - from),
    events: ev / (to - from),
    virtualS: vm / 1000 / (to - from),
  });
  if (process.argv[4]) console.log(hits);
}
void main();
