import { Command, Option } from 'commander';
import { apply, type ApplyFlags } from './commands/apply';
import { completionScript, SHELLS } from './commands/completion';
import { explain } from './commands/explain';
import { exportLedger, type ExportFlags } from './commands/export';
import { history, type HistoryFlags } from './commands/history';
import { plan, type PlanFlags } from './commands/plan';
import { status, type StatusFlags } from './commands/status';
import { validate, type ValidateFlags } from './commands/validate';
import { verify, type VerifyFlags } from './commands/verify';
import { watch, type WatchFlags } from './commands/watch';
import type { Io } from './io';
import { addDoctorCommand } from './program-doctor';
import { addKeysCommands } from './program-keys';
import { addQuestionCommands } from './program-questions';
import { openSession, type Session } from './session';
import { OUTPUTS, type GlobalFlags } from './settings';

const EXIT_HELP = `
Exit codes:
  0 done   1 failed, rejected, or "yes" (outside, path diff)   2 would change (plan --detailed-exitcode)   3 still waiting or not known   4 evidence broken
  64 wrong use   65 bad input   69 server unreachable   70 defect   77 not permitted   130 interrupted

Settings, first wins: flag, environment (CAUSEWAY_SERVER, CAUSEWAY_TOKEN, CAUSEWAY_SERVICES), ~/.config/causeway/config.json
{"server", "token", "services", "output"}. NO_COLOR is obeyed. Data goes to stdout, talk to stderr.`;

/** @param onExit told the exit code of the command that ran */
export function buildProgram(io: Io, onExit: (code: number) => void): Command {
  const program = new Command('causeway')
    .description('Ordered changes across systems, gated on effect, remembered in a verifiable ledger.')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(causeway --help tells more)')
    .addHelpText('after', EXIT_HELP);
  addCommonOptions(program);
  const run =
    <A extends unknown[]>(work: (session: Session, ...args: A) => Promise<number> | number) =>
    async (...args: A): Promise<void> => {
      const command = args.at(-1) as Command;
      onExit(await work(openSession(io, command.optsWithGlobals<GlobalFlags>()), ...args));
    };
  addPlanCommands(program, run);
  addSequenceCommands(program, run);
  addLedgerCommands(program, run);
  addQuestionCommands(program, run);
  addDoctorCommand(program, run);
  addKeysCommands(program, run);
  program
    .command('completion')
    .description('print a completion script')
    .argument('<shell>', SHELLS.join(' or '))
    .addHelpText('after', '\nExample:\n  source <(causeway completion bash)')
    .action(run((session, shell: string) => session.io.out(completionScript(shell, program)) ?? 0));
  for (const command of verbsOf(program)) addCommonOptions(command);
  return program;
}

/** Before the verb or after it. `export` keeps -o for its file. */
function addCommonOptions(command: Command): void {
  const forms = new Option(
    command.name() === 'export' ? '--output <form>' : '-o, --output <form>',
    'form of the answer',
  );
  command
    .option('--server <url>', 'the console (default http://127.0.0.1:8480)')
    .option('--token <token>', 'bearer token')
    .addOption(forms.choices(OUTPUTS));
}

/** Every command and every one inside it. */
export const verbsOf = (program: Command): Command[] =>
  program.commands.flatMap((command) => [command, ...verbsOf(command)]);

export type Run = <A extends unknown[]>(
  work: (session: Session, ...args: A) => Promise<number> | number,
) => (...args: A) => Promise<void>;

function addPlanCommands(program: Command, run: Run): void {
  program
    .command('validate')
    .description('check plan and target files: form, names, order; no network')
    .argument('<files...>')
    .option('--targets <dir>', 'folder of Target files to check plans against')
    .addHelpText(
      'after',
      '\nExamples:\n  causeway validate plan.yaml\n  causeway validate plan.yaml --targets targets/',
    )
    .action(run((session, files: string[], flags: ValidateFlags) => validate(session, files, flags)));
  program
    .command('plan')
    .description('ask every system what the plan would change; changes nothing')
    .argument('<file>')
    .option('--detailed-exitcode', 'exit with 2 when something would change or cannot be told')
    .option('--timeout <duration>', 'how long to wait for the answers', '2m')
    .addHelpText(
      'after',
      '\nExamples:\n  causeway plan plan.yaml\n  causeway plan plan.yaml --detailed-exitcode -o json',
    )
    .action(run((session, file: string, flags: PlanFlags) => plan(session, file, flags)));
  program
    .command('apply')
    .description('submit a plan to be carried out')
    .argument('<file>')
    .option('--key <key>', 'sequence key; a repeat with the same key applies nothing twice')
    .option('--wait', 'follow it to its end')
    .option('--timeout <duration>', 'with --wait: exit with 3 when it is not over by then', '15m')
    .addHelpText(
      'after',
      '\nExamples:\n  causeway apply plan.yaml --wait\n  causeway apply plan.yaml --key CHG-4711 --wait --timeout 1h',
    )
    .action(run((session, file: string, flags: ApplyFlags) => apply(session, file, flags)));
}

function addSequenceCommands(program: Command, run: Run): void {
  program
    .command('status')
    .description('a sequence by step and scope, or the list of sequences')
    .argument('[sequence]', 'id, or the key it was submitted with')
    .option('--status <status>', 'list only these')
    .option('--limit <n>', 'length of the list', '20')
    .addHelpText(
      'after',
      '\nExamples:\n  causeway status\n  causeway status --status waiting\n  causeway status CHG-4711',
    )
    .action(run((session, ref: string | undefined, flags: StatusFlags) => status(session, ref, flags)));
  program
    .command('watch')
    .description('follow a sequence live, from its beginning')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .option('--timeout <duration>', 'exit with 3 when it is not over by then')
    .addHelpText('after', '\nExample:\n  causeway watch CHG-4711')
    .action(run((session, ref: string, flags: WatchFlags) => watch(session, ref, flags)));
  program
    .command('explain')
    .description('why a sequence or a step waits or failed, since when, and what would unblock it')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .argument('[step]')
    .addHelpText('after', '\nExamples:\n  causeway explain CHG-4711\n  causeway explain CHG-4711 flag')
    .action(run((session, ref: string, step: string | undefined) => explain(session, ref, step)));
  program
    .command('history')
    .description('what happened at a target, or the ledger entries of a sequence')
    .argument('<target|sequence>', 'name of a target, or id of a sequence')
    .option('--limit <n>', 'most rows: the newest, told oldest first', '1000')
    .addHelpText('after', '\nExamples:\n  causeway history edge\n  causeway history edge -o jsonl')
    .action(run((session, ref: string, flags: HistoryFlags) => history(session, ref, flags)));
}

function addLedgerCommands(program: Command, run: Run): void {
  program
    .command('export')
    .description('write the whole ledger to a file that verifies offline')
    .option('-o, --out <file>', 'where to (default: stdout)')
    .addHelpText('after', '\nExample:\n  causeway export -o ledger.jsonl && causeway verify ledger.jsonl')
    .action(run((session, flags: ExportFlags) => exportLedger(session, flags)));
  program
    .command('verify')
    .description('verify an export offline: no service, no network, no database')
    .argument('<file>')
    .option('--key <vkey>', 'the verifier key you know the ledger by')
    .addHelpText(
      'after',
      '\nExamples:\n  causeway verify ledger.jsonl\n  causeway verify ledger.jsonl --key "$(cat ledger.vkey)"',
    )
    .action(run((session, file: string, flags: VerifyFlags) => verify(session, file, flags)));
}
