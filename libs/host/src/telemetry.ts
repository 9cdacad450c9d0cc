import { createRequire } from 'node:module';

/**
 * OpenTelemetry, on when OTEL_EXPORTER_OTLP_ENDPOINT is set. It patches kafkajs, pg and Nest as they are loaded, so it starts when
 * the host is imported. Off, it costs nothing: the SDK is not even loaded.
 */
interface Telemetry {
  shutdown(): Promise<void>;
}

let telemetry: Telemetry | null = null;

if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) telemetry = startTelemetry();

/** How long the last traces may take to be delivered, milliseconds. */
const DELIVER_WITHIN_MS = 3_000;

/** Delivers the last traces. A collector that is away is no fault of a service that stops in order: it is told, and the service stops. */
export async function stopTelemetry(onLost: (reason: string) => void): Promise<void> {
  if (!telemetry) return;
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`not within ${DELIVER_WITHIN_MS} ms`)), DELIVER_WITHIN_MS).unref();
  });
  await Promise.race([telemetry.shutdown(), late]).catch((error: Error) => onLost(error.message));
}

function startTelemetry(): Telemetry {
  const load = createRequire(__filename);
  const { NodeSDK } = load('@opentelemetry/sdk-node') as typeof import('@opentelemetry/sdk-node');
  const { KafkaJsInstrumentation } = load(
    '@opentelemetry/instrumentation-kafkajs',
  ) as typeof import('@opentelemetry/instrumentation-kafkajs');
  const { PgInstrumentation } = load(
    '@opentelemetry/instrumentation-pg',
  ) as typeof import('@opentelemetry/instrumentation-pg');
  const { NestInstrumentation } = load(
    '@opentelemetry/instrumentation-nestjs-core',
  ) as typeof import('@opentelemetry/instrumentation-nestjs-core');
  const sdk = new NodeSDK({
    instrumentations: [new KafkaJsInstrumentation(), new PgInstrumentation(), new NestInstrumentation()],
  });
  sdk.start();
  return sdk;
}
