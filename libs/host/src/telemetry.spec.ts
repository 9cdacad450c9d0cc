import { trace } from '@opentelemetry/api';
import type * as Telemetry from './telemetry';

/** Nobody listens there. */
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:9';

describe('telemetry whose collector is away', () => {
  it('ends with the service, and says that the last traces are lost', async () => {
    const { stopTelemetry } = jest.requireActual<typeof Telemetry>('./telemetry');
    trace.getTracer('spec').startSpan('work').end();
    const lost: string[] = [];
    const from = performance.now();
    await stopTelemetry((reason) => lost.push(reason));
    expect(lost).toEqual([expect.stringMatching(/./)]);
    expect(performance.now() - from).toBeLessThan(4_000);
  });
});
