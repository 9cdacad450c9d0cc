// First, and before anything it may instrument is loaded: services import the host first.
import './telemetry';

export { systemClock, type Clock } from './clock';
export { parseEnv, serviceEnv, type ServiceEnv } from './env';
export { createLog, nestLogger, type HostLog } from './log';
export { counter, gauge, histogram } from './metrics';
export { Open, OPEN } from './open';
export { Readiness } from './readiness';
export { SelfCheck } from './self-check';
export { Shutdown, type Phase } from './shutdown';
export { runService, type RunningService, type ServiceOptions } from './run-service';
export { CLOCK, LOG } from './tokens';
