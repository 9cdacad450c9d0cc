#!/usr/bin/env node
import { runCli } from './run-cli';

const interrupted = new AbortController();
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) process.exit(130);
  interrupted.abort();
});
// A reader that left (`causeway status | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

void runCli(process.argv.slice(2), interrupted.signal).then((code) => {
  process.exitCode = code;
});
