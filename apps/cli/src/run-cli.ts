import { CommanderError } from 'commander';
import { Interrupted } from './client/console-client';
import { CliFailure, EXIT } from './exit-codes';
import { processIo, type Io } from './io';
import { buildProgram, verbsOf } from './program';

/** Runs one command line. Resolves with the exit code, never rejects; whatever failed was told on stderr. */
export async function runCli(
  args: readonly string[],
  interrupted: AbortSignal,
  io: Io = processIo(interrupted),
): Promise<number> {
  let code: number = EXIT.done;
  const program = buildProgram(io, (exit) => (code = exit));
  const output = { writeOut: (text: string) => io.out(text), writeErr: (text: string) => io.say(text.trimEnd()) };
  for (const command of [program, ...verbsOf(program)]) command.exitOverride().configureOutput(output);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return interrupted.aborted ? tellInterrupted(io) : code;
  } catch (error) {
    return tellFailure(error, io);
  }
}

function tellFailure(error: unknown, io: Io): number {
  if (error instanceof Interrupted || io.interrupted.aborted) return tellInterrupted(io);
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CliFailure) {
    io.say(`causeway: ${error.message}`);
    if (error.remedy) io.say(`  ${error.remedy}`);
    return error.exitCode;
  }
  io.say(`causeway: a defect: ${(error as Error).stack ?? String(error)}`);
  return EXIT.internal;
}

function tellInterrupted(io: Io): number {
  io.say('interrupted; a sequence that was submitted goes on in the server');
  return EXIT.interrupted;
}
