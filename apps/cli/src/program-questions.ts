import { Option, type Command } from 'commander';
import { MUTATION_CLASSES } from '@causeway/contracts';
import { abort, resume, settle, type AbortFlags, type ResumeFlags, type SettleFlags } from './commands/decide';
import { explained, mutations, outside, type MutationsFlags, type OutsideFlags } from './commands/mutations';
import { effective, exposure, lacking, path, pathDiff, type EffectiveFlags, type RunFlags } from './commands/paths';
import { ledgerKeyFrom, type ProofFlags } from './commands/proofs';
import { upstream, waiting, type UpstreamFlags, type WaitingFlags } from './commands/situation';
import type { Run } from './program';

const TIMES = `
Times: 2026-01-31T14:03:11Z, 14:03:11 (the last one that was), or how long ago: 30s, 10m, 2h. UTC unless an offset says otherwise.`;
const RUN_OF = 'id or key of the sequence (default: the only open one, else the newest; it says which)';

const withRun = (command: Command): Command => command.option('--run <sequence>', RUN_OF);
const withProofs = (command: Command): Command =>
  command
    .option('--with-proofs <file>', 'write the answer, the ledger entries it names and their proofs to a file')
    .addOption(
      new Option('--key <vkey>', 'check their signature: the key you know the ledger by').argParser(ledgerKeyFrom),
    )
    .hook('preAction', mustHaveProofs);

function mustHaveProofs(command: Command): void {
  const { key, withProofs: file } = command.opts<ProofFlags>();
  if (key !== undefined && file === undefined) command.error('error: --key checks proofs: name --with-proofs <file>');
}

/** What people ask about what happened. */
export function addQuestionCommands(program: Command, run: Run): void {
  addMutationCommands(program, run);
  addPathCommands(program, run);
  addSituationCommands(program, run);
}

function addMutationCommands(program: Command, run: Run): void {
  withProofs(program.command('mutations'))
    .description('changes seen at targets, whoever made them, newest first')
    .option('--target <target>', 'only at this target')
    .option('--resource <resource>', 'only of this resource, as its system addresses it')
    .option('--unexplained', 'only what no plan explains')
    .option('--since <time>', 'only what observers saw since then')
    .addOption(new Option('--class <class>', 'only of this class').choices(MUTATION_CLASSES))
    .option('--limit <n>', 'most rows', '50')
    .addHelpText(
      'after',
      `${TIMES}\n\nExamples:\n  causeway mutations --unexplained --since 1h\n  causeway mutations --target flags --class early`,
    )
    .action(run((session, flags: MutationsFlags) => mutations(session, flags)));
  withProofs(program.command('outside'))
    .description('was anything done outside the layer in this time? "no" only where observers covered all of it')
    .requiredOption('--from <time>', 'begin')
    .option('--to <time>', 'end, not included (default: now)')
    .option('--target <target...>', 'only these targets (default: all)')
    .addHelpText(
      'after',
      `${TIMES}\nExit codes: 0 no, 1 yes, 3 not known for all of the time.\n\n` +
        'Examples:\n  causeway outside --from 1h\n  causeway outside --from 14:00 --to 14:30 --target idp flags',
    )
    .action(run((session, flags: OutsideFlags) => outside(session, flags)));
  program
    .command('explained')
    .description('how much of what was seen is explained by plans, per target and owner team')
    .addHelpText('after', '\nExample:\n  causeway explained')
    .action(run((session) => explained(session)));
}

function addPathCommands(program: Command, run: Run): void {
  const paths = withProofs(withRun(program.command('path')))
    .description('in which order steps became effective in a scope, and who made them so')
    .argument('<scope>', 'scope of the plan')
    .addHelpText('after', '\nExamples:\n  causeway path eu-west\n  causeway path diff eu-west us-east --run CHG-4711')
    .action(run((session, scope: string, flags: RunFlags) => path(session, scope, flags)));
  withProofs(withRun(paths.command('diff')))
    .description('how the paths of two scopes differ, and how long which was exposed')
    .argument('<scope>')
    .argument('<other>')
    .addHelpText(
      'after',
      '\nExit codes: 0 they went the same way, 1 they differ.\n\nExample:\n  causeway path diff eu-west us-east',
    )
    .action(run((session, a: string, b: string, flags: RunFlags) => pathDiff(session, a, b, flags)));
  withProofs(program.command('exposure'))
    .description('for how long a later step was effective while an earlier one was not, and how exactly that is known')
    .argument('[sequence]', RUN_OF)
    .addHelpText('after', '\nExample:\n  causeway exposure CHG-4711')
    .action(run((session, ref: string | undefined, flags: ProofFlags) => exposure(session, ref, flags)));
  withProofs(withRun(program.command('effective')))
    .description('what was effective in a scope at a time, and what the records said by then')
    .argument('<scope>', 'scope of the plan')
    .option('--at <time>', 'when (default: now)')
    .addHelpText('after', `${TIMES}\n\nExample:\n  causeway effective eu-west --at 14:03:11`)
    .action(run((session, scope: string, flags: EffectiveFlags) => effective(session, scope, flags)));
  withProofs(program.command('lacking'))
    .description('which members do not show a step')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .argument('<step>')
    .addHelpText(
      'after',
      '\nExit codes: 0 all show it, 3 some do not.\n\nExample:\n  causeway lacking CHG-4711 gateway',
    )
    .action(run((session, ref: string, step: string, flags: ProofFlags) => lacking(session, ref, step, flags)));
}

function addSituationCommands(program: Command, run: Run): void {
  withProofs(program.command('upstream'))
    .description('what changed lately at the targets that this one needs, in the order in which it became effective')
    .argument('<target>')
    .option('--since <time>', 'how far back', '30m')
    .addHelpText('after', `${TIMES}\n\nExample:\n  causeway upstream flags --since 30m`)
    .action(run((session, target: string, flags: UpstreamFlags) => upstream(session, target, flags)));
  withProofs(program.command('waiting'))
    .description('what each open sequence waits for, since when, and who can do something about it')
    .option('--limit <n>', 'most reasons', '1000')
    .addHelpText('after', '\nExample:\n  causeway waiting')
    .action(run((session, flags: WaitingFlags) => waiting(session, flags)));
  program
    .command('resume')
    .description('begin a sequence that waits for it, or let it go on with what it noticed accepted as it is')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .option('--accept <mutation...>', 'ids of mutations (their beginnings are enough); all undecided ones are needed')
    .option('--accept-all', 'accept every mutation that waits for a decision')
    .requiredOption('--reason <text>', 'why, for the ledger')
    .option('--key <key>', 'idempotency key; a repeat with the same key decides nothing twice')
    .addHelpText(
      'after',
      '\nExit codes: 0 taken, 1 refused by the sequencer, 3 no answer yet, 65 refused at once by the console.\n\n' +
        'Examples:\n  causeway resume CHG-4711 --reason "begin"\n' +
        '  causeway resume CHG-4711 --accept 019b2c5e --reason "agreed with release-team"',
    )
    .action(run((session, ref: string, flags: ResumeFlags) => resume(session, ref, flags)));
  program
    .command('abort')
    .description('give a sequence up: nothing more is commanded, and it ends once nothing is under way')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .requiredOption('--reason <text>', 'why, for the ledger')
    .option('--key <key>', 'idempotency key; a repeat with the same key decides nothing twice')
    .addHelpText(
      'after',
      '\nExit codes: 0 taken, 1 refused by the sequencer, 3 no answer yet, 65 refused at once by the console.\n\nExample:\n  causeway abort CHG-4711 --reason "wrong plan"',
    )
    .action(run((session, ref: string, flags: AbortFlags) => abort(session, ref, flags)));
  program
    .command('settle')
    .description('say what became of a step whose outcome is unknown, after having looked at the target')
    .argument('<sequence>', 'id, or the key it was submitted with')
    .argument('<step>', 'the step whose outcome is unknown')
    .option('--applied', 'it took effect: the sequence goes on as after any step')
    .option('--not-applied', 'it did not: it is tried again')
    .option('--attempt <n>', 'the attempt that was looked at; absent: the one that is unknown now')
    .requiredOption('--reason <text>', 'what was seen, for the ledger')
    .option('--key <key>', 'idempotency key; a repeat with the same key decides nothing twice')
    .addHelpText(
      'after',
      '\nExit codes: 0 taken, 1 refused by the sequencer, 3 no answer yet, 65 refused at once by the console.\n\n' +
        'Example:\n  causeway settle CHG-4711 mail --applied --reason "the mail is in the archive"',
    )
    .action(run((session, ref: string, step: string, flags: SettleFlags) => settle(session, ref, step, flags)));
}
