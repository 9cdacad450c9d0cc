import { Controller, Get, Inject, Module } from '@nestjs/common';
import { runService, type RunningService } from './run-service';
import { parseEnv, serviceEnv } from './env';
import { counter, gauge, histogram } from './metrics';
import { Readiness } from './readiness';
import { ok, type Report } from '@causeway/self-check';
import { SelfCheck } from './self-check';
import { Shutdown } from './shutdown';
import { CLOCK, LOG } from './tokens';
import type { Clock } from './clock';
import type { HostLog } from './log';
import { z } from 'zod';

@Controller()
class Hello {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: HostLog,
    private readonly readiness: Readiness,
    private readonly shutdown: Shutdown,
  ) {
    this.readiness.add('database', () => facts.database);
    this.readiness.add('broken', () => {
      if (facts.broken) throw new Error('does not answer');
      return true;
    });
    for (const [phase, name] of [
      ['connections', 'database'],
      ['intake', 'messages'],
      ['relay', 'relay'],
      ['work', 'worker'],
    ] as const) {
      this.shutdown.add(phase, name, async () => {
        facts.stopped.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        facts.stopped.push(`${name} ends`);
        if (name === 'worker') throw new Error('was busy');
      });
    }
  }
  @Get('hello')
  hello(): object {
    this.log.debug({}, 'hello');
    return { now: this.clock.now() > 0, steady: this.clock.monotonic() <= this.clock.monotonic() };
  }
}
@Module({ controllers: [Hello] })
class HelloModule {}

const facts = { database: true, broken: false, stopped: [] as string[] };
let service: RunningService;
const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${service.port}/${path}`);

describe('a running service', () => {
  beforeAll(async () => {
    process.env.LOG_LEVEL = 'silent';
    service = await runService({ name: 'hello', module: () => HelloModule });
  });

  it('answers on a free port of the loopback', async () => {
    expect(service.port).toBeGreaterThan(0);
    expect(await (await get('hello')).json()).toEqual({ now: true, steady: true });
    expect((await get('health/live')).status).toBe(200);
  });

  it('is ready when all who have a say are, and names who is not and why', async () => {
    expect(await (await get('health/ready')).json()).toEqual({
      status: 'ready',
      checks: { database: true, broken: true },
      reasons: {},
    });
    Object.assign(facts, { database: false, broken: true });
    const answer = await get('health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: 'not-ready',
      checks: { database: false, broken: false },
      reasons: { broken: 'does not answer' },
    });
  });

  it('says how it stands, and looks once for all who ask meanwhile', async () => {
    const none = (await (await get('health/self-check')).json()) as Report;
    expect(none.findings).toMatchObject([{ severity: 'unknown', where: 'this service' }]);
    let looks = 0;
    service.app.get(SelfCheck).is(async () => {
      looks++;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { service: 'hello', at: '2026-01-01T00:00:00Z', tookMs: 100, findings: [ok('schema', 'hello', '2/2')] };
    });
    const answers = await Promise.all([get('health/self-check'), get('health/self-check'), get('health/self-check')]);
    for (const answer of answers) expect(await answer.json()).toMatchObject({ findings: [{ severity: 'ok' }] });
    expect(looks).toBe(1);
    await get('health/self-check');
    expect(looks).toBe(2);
  });

  it('shows its metrics under its name', async () => {
    counter('causeway_spec_total', 'counted').inc(3);
    counter('causeway_spec_total', 'counted').inc(1);
    gauge('causeway_spec_waiting', 'waiting', () => 7);
    histogram('causeway_spec_seconds', 'took', [0.1, 1]).observe(0.5);
    const text = await (await get('metrics')).text();
    expect(text).toContain('causeway_spec_total{service="hello"} 4');
    expect(text).toContain('causeway_spec_waiting{service="hello"} 7');
    expect(text).toContain('causeway_spec_seconds_bucket{le="1",service="hello"} 1');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('stops intake, work, relay and connections one after the other, also past a failure, once', async () => {
    await Promise.all([service.stop(), service.stop()]);
    const order = ['messages', 'worker', 'relay', 'database'];
    expect(facts.stopped).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
    await expect(get('health/live')).rejects.toThrow();
  });
});

describe('the environment', () => {
  const schema = z.object({ DATABASE_URL: z.string(), KEY: z.string().min(5), LEVEL: z.enum(['a', 'b']).default('a') });

  it('is refused with every problem named', () => {
    expect(() => parseEnv(schema, { KEY: 'abc', LEVEL: 'z' })).toThrow(
      /DATABASE_URL: is not set[\s\S]*KEY: .*5[\s\S]*LEVEL: .*"a"/,
    );
  });

  it('is parsed with its defaults', () => {
    expect(parseEnv(schema, { DATABASE_URL: 'd', KEY: '12345' })).toEqual({
      DATABASE_URL: 'd',
      KEY: '12345',
      LEVEL: 'a',
    });
    expect(parseEnv(serviceEnv, {})).toEqual({ HTTP_PORT: 0, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'info' });
    expect(() => parseEnv(serviceEnv, { HTTP_PORT: '70000' })).toThrow(/HTTP_PORT/);
  });
});
