import 'reflect-metadata';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, register } from 'prom-client';
import { parseEnv, serviceEnv } from './env';
import { HostModule } from './host.module';
import { createLog, nestLogger, type HostLog } from './log';
import { Shutdown } from './shutdown';
import { stopTelemetry } from './telemetry';

type ServiceModule = Type<unknown> | DynamicModule;

export interface ServiceOptions {
  /** Name in logs and metrics: the principal's. */
  readonly name: string;
  /** The service's own module. As a function it is made inside the start, so that what it refuses is told like the rest. */
  readonly module: ServiceModule | (() => ServiceModule | Promise<ServiceModule>);
  /** After the modules are made, before anything listens: attach the transport, pipes, documents. */
  configure?(app: INestApplication): void | Promise<void>;
}

export interface RunningService {
  readonly app: INestApplication;
  readonly log: HostLog;
  readonly port: number;
  /** The same as SIGTERM, without ending the process. */
  stop(): Promise<void>;
}

/** A service that has not stopped by then is ended. Orchestrators kill after 30 s. */
const HARD_EXIT_MS = 25_000;

/**
 * Starts a service and keeps it: HTTP first (health, metrics), then the intake of messages. Resolves when that is done, however long the
 * broker is away. SIGTERM and SIGINT stop it in the order of {@link Shutdown}. What cannot start, and what throws outside any handler, ends the process with 1.
 */
export async function runService(options: ServiceOptions): Promise<RunningService> {
  const level = process.env.LOG_LEVEL ?? 'info';
  const log = createLog(options.name, serviceEnv.shape.LOG_LEVEL.safeParse(level).success ? level : 'info');
  endOnDefects(log);
  try {
    const service = await start(options, log);
    // Before the intake starts: it waits for the broker as long as it takes, and can be stopped meanwhile.
    const told = stopOnSignals(service);
    await service.app.startAllMicroservices();
    if (!told.toStop) log.info({}, 'started');
    return service;
  } catch (error) {
    log.fatal({ stack: (error as Error).stack }, `cannot start: ${(error as Error).message}`);
    process.exit(1);
  }
}

async function start({ name, module, configure }: ServiceOptions, log: HostLog): Promise<RunningService> {
  const env = parseEnv(serviceEnv);
  register.setDefaultLabels({ service: name });
  if (!register.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics();
  const app = await NestFactory.create(HostModule.around(await moduleOf(module), log), {
    logger: nestLogger(log),
    abortOnError: false,
    forceCloseConnections: true,
  });
  await configure?.(app);
  await app.listen(env.HTTP_PORT, env.HTTP_HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  log.info({ port, host: env.HTTP_HOST, pid: process.pid }, 'listening');
  const stop = (): Promise<void> => stopService(app, log);
  return { app, log, port, stop };
}

const isClass = (module: object): boolean => /^class\b/.test(Function.prototype.toString.call(module));

function moduleOf(module: ServiceOptions['module']): ServiceModule | Promise<ServiceModule> {
  return typeof module === 'function' && !isClass(module)
    ? (module as () => ServiceModule)()
    : (module as ServiceModule);
}

async function stopService(app: INestApplication, log: HostLog): Promise<void> {
  await app.get(Shutdown).run((name, error) => log.error({ step: name }, `did not stop cleanly: ${String(error)}`));
  await app.close();
  await stopTelemetry((reason) => log.warn({}, `the last traces were not delivered: ${reason}`));
}

function stopOnSignals({ stop, log }: RunningService): { readonly toStop: boolean } {
  const told = { toStop: false };
  const onSignal = (signal: string): void => {
    if (told.toStop) return;
    told.toStop = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({}, `not stopped within ${HARD_EXIT_MS} ms, ended now`);
      process.exit(1);
    }, HARD_EXIT_MS).unref();
    stop().then(
      () => {
        log.info({}, 'stopped');
        process.exit(0);
      },
      (error: Error) => {
        log.error({ stack: error.stack }, `did not stop cleanly: ${error.message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return told;
}

/** A promise or event nobody handles is a defect in an unknown state: start anew rather than go on. */
function endOnDefects(log: HostLog): void {
  const end = (what: string) => (error: unknown) => {
    log.fatal({ stack: error instanceof Error ? error.stack : undefined }, `${what}: ${String(error)}`);
    process.exit(1);
  };
  process.on('uncaughtException', end('uncaught exception'));
  process.on('unhandledRejection', end('unhandled rejection'));
}
