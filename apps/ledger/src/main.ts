import { runService } from '@causeway/host';
import { runDoctor } from '@causeway/service';
import { accounting } from './commands/accounting';
import { check } from './commands/check';
import { migrate } from './commands/migrate';
import { readConfig } from './config';
import { LedgerService } from './ledger-service';
import { LedgerModule } from './ledger.module';
import { LEDGER_SELF_CHECK } from './self-check/ledger-self-check';

const USAGE = `usage: main.js [command]
  (none)                               run the service
  migrate                              make tables, role and rights (LEDGER_OWNER_URL)
  accounting [--json] [--settle 10s]   say whether every message of every topic is accounted for
  check [--json]                       compute the whole tree again from the rows
  doctor [--json]                      say how the ledger stands, also while it does not run
`;

const doctor = (args: readonly string[]): Promise<number> => runDoctor(LEDGER_SELF_CHECK, args);
type Command = (args: readonly string[]) => Promise<number>;
const commands: Readonly<Record<string, Command>> = { migrate, accounting, check, doctor };

async function serve(): Promise<void> {
  const { app, log } = await runService({ name: 'ledger', module: () => LedgerModule.with(readConfig()) });
  try {
    await app.get(LedgerService).run();
  } catch (error) {
    log.fatal({ stack: (error as Error).stack }, `cannot start: ${(error as Error).message}`);
    process.exit(1);
  }
}

async function runCommand(name: string, args: readonly string[]): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`no command ${name}\n${USAGE}`);
    process.exit(64);
  }
  try {
    process.exitCode = await command(args);
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

const [name, ...args] = process.argv.slice(2);
void (name === undefined ? serve() : runCommand(name, args));
