import type { Command } from 'commander';
import { doctor, type DoctorFlags } from './commands/doctor';
import type { Run } from './program';

const HELP = `
It asks every service in CAUSEWAY_SERVICES (or "services" of the config file) by itself, so it works with the console down:
  CAUSEWAY_SERVICES=sequencer=http://10.0.0.5:8080,ledger=http://10.0.0.6:8080,...
Without that it asks the console, which asks the services that it knows.
A service that is down cannot answer; in its own environment this looks at its tables and topics all the same:
  node dist/apps/<service>/src/main.js doctor [--json]

Exit codes: 0 healthy, 1 something fails, 3 not known or waiting for a person, 4 ledger or accounting broken.

Examples:
  causeway doctor
  causeway doctor --json | jq '.findings[] | select(.severity != "ok")'`;

/** How Causeway itself is. */
export function addDoctorCommand(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('is Causeway itself well? what is wrong, where, and what to do; worst first')
    .option('--json', 'the same as -o json')
    .addHelpText('after', HELP)
    .action(run((session, flags: DoctorFlags) => doctor(session, flags)));
}
