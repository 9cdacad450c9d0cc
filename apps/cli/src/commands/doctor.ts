import {
  diagnosisOf,
  diagnosisText,
  EVERYTHING,
  gather,
  HEALTH_EXIT,
  wrong,
  type Diagnosis,
  type Finding,
  type Marks,
} from '@causeway/self-check';
import { ProblemFailure } from '../client/console-client';
import { CliFailure, EXIT } from '../exit-codes';
import type { Paint } from '../format/paint';
import type { Session } from '../session';

export interface DoctorFlags {
  readonly json?: boolean;
}

/** Asks every service whose address is known; knowing none, the console, which asks for us. */
export async function doctor(session: Session, { json }: DoctorFlags): Promise<number> {
  const { io, settings } = session;
  const found = settings.services.size > 0 ? await gather(settings.services, io.now) : await throughConsole(session);
  if (json) io.out(JSON.stringify(found, null, 2));
  else session.answer(found, (shown) => diagnosisText(shown, marksOf(session.paint)), found.findings);
  return HEALTH_EXIT[found.severity];
}

/** A console that is away is a finding, and what there is to say. One that refuses us is not: then the token is wrong. */
async function throughConsole({ client, io, settings }: Session): Promise<Diagnosis> {
  try {
    return await client.get<Diagnosis>('/v1/doctor');
  } catch (error) {
    const refused = error instanceof ProblemFailure && error.exitCode === EXIT.notPermitted;
    if (refused || !(error instanceof CliFailure)) throw error;
    const at = new Date(io.now()).toISOString();
    return diagnosisOf(at, [{ service: 'console', at, tookMs: 0, findings: [noConsole(settings.server, error)] }]);
  }
}

const noConsole = (server: string, error: Error): Finding => ({
  ...wrong(
    'failing',
    'service',
    'console',
    `${error.message}: nothing is known of any service`,
    'start it; meanwhile ask the others themselves: set CAUSEWAY_SERVICES=sequencer=http://host:port,... to their health ports (see causeway doctor --help)',
  ),
  hides: [`all services: ${EVERYTHING}`],
});

const marksOf = ({ good, bad, wait, dim }: Paint): Marks => ({
  broken: bad,
  failing: bad,
  unknown: wait,
  attention: wait,
  ok: good,
  dim,
});
