/** One command line in this process, with what it printed. For specs. */
import { sleep } from '../src/io';
import { runCli } from '../src/run-cli';

export class CliRun {
  stdout = '';
  stderr = '';
  code: number | null = null;
  private readonly interrupted = new AbortController();
  private readonly ended: Promise<number>;

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.ended = runCli(args, this.interrupted.signal, {
      out: (text) => void (this.stdout += text.endsWith('\n') ? text : `${text}\n`),
      write: (bytes) => void (this.stdout += Buffer.from(bytes).toString('utf8')),
      say: (text) => void (this.stderr += `${text}\n`),
      env: { HOME: '/nonexistent', ...env },
      isTerminal: false,
      now: () => Date.now(),
      sleep,
      interrupted: this.interrupted.signal,
    });
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>>): CliRun {
    return new CliRun(args, env);
  }

  async end(): Promise<this> {
    this.code = await this.ended;
    return this;
  }

  interrupt(): void {
    this.interrupted.abort();
  }
}
