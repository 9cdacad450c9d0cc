import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isOver,
  type Explanation,
  type MutationItem,
  type SequenceView,
  type SubmittedIntent,
} from '@causeway/console-api';
import type { PlanDocument } from '@causeway/contracts';
import { startWorld, type World, type WorldOptions } from '@causeway/lab';
import { Tape } from './tape';
import { until } from './until';

/** Long, since a busy machine is slow; short enough that what never comes is told. */
const ENDS_WITHIN_MS = 120_000;

/** Causeway over some systems, whichever. */
export type Governed = Omit<World, 'lab' | 'postgres'>;

/** One whole world with a tape running along, and the questions that every scenario asks. */
export class Story<W extends Governed = World> {
  private constructor(
    readonly world: W,
    readonly tape: Tape,
  ) {}

  static async begin(options: Partial<WorldOptions> = {}): Promise<Story> {
    const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
    return Story.over(await startWorld({ say, durable: false, ...options }));
  }

  /**
   * What cannot be listened to is stopped at once: nobody else would.
   *
   * @param executors whose orders the tape hears; left out: those of the real systems
   */
  static async over<W extends Governed>(world: W, executors?: readonly string[]): Promise<Story<W>> {
    try {
      return new Story(world, await Tape.of(world, executors));
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** SCENARIO_LOGS names a folder that keeps the services' logs. */
  async end(): Promise<void> {
    const { SCENARIO_LOGS } = process.env;
    try {
      if (SCENARIO_LOGS) cpSync(join(this.world.runDir, 'causeway'), SCENARIO_LOGS, { recursive: true });
    } finally {
      await this.tape.close();
      await this.world.stop();
    }
  }

  /** Submits a plan over HTTP and gives the sequence's id. */
  async apply(plan: PlanDocument, key = plan.metadata.name): Promise<string> {
    const answer = await this.ask('/v1/intents', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ plan, mode: 'apply' }),
    });
    return ((await answer.json()) as SubmittedIntent).sequenceId;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const { consoleUrl, token } = this.world.services;
    return fetch(consoleUrl + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
  }

  async view(id: string): Promise<SequenceView> {
    const answer = await this.ask(`/v1/sequences/${id}`);
    if (!answer.ok) throw new Error(`the console answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as SequenceView;
  }

  /** The sequence as the console shows it, once it shows this. */
  async shows(id: string, what: string, is: (view: SequenceView) => boolean, withinMs = 60_000): Promise<SequenceView> {
    return until(
      `${what}: ${id}`,
      async () => {
        const view = await this.view(id);
        return is(view) ? view : null;
      },
      withinMs,
    );
  }

  ended(id: string, withinMs = ENDS_WITHIN_MS): Promise<SequenceView> {
    return this.shows(id, 'the end of', ({ status }) => isOver(status), withinMs);
  }

  /** What was seen at a target, oldest first. */
  async mutations(target: string): Promise<MutationItem[]> {
    const answer = await this.ask(`/v1/mutations?target=${target}&limit=500`);
    const { items } = (await answer.json()) as { items: MutationItem[] };
    return [...items].sort((a, b) => Number(a.index) - Number(b.index));
  }

  /** An operator's word on a sequence. */
  async decide(id: string, verb: 'resume' | 'abort', accept: readonly string[] = []): Promise<void> {
    const answer = await this.ask(`/v1/sequences/${id}/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${id}-${verb}-${accept.join('-')}` },
      body: JSON.stringify({ verb, accept, reason: 'the scenario goes on' }),
    });
    if (!answer.ok) throw new Error(`the console answered ${answer.status}: ${await answer.text()}`);
  }

  async explain(id: string, step: string): Promise<Explanation> {
    return (await (await this.ask(`/v1/sequences/${id}/explain?step=${step}`)).json()) as Explanation;
  }

  /** Kills a service at once (SIGKILL); the promise is its restart, so that the story can go on meanwhile. */
  async crash(name: string): Promise<{ back: Promise<void> }> {
    const service = this.world.services.get(name);
    await service.kill();
    const back = service.start();
    back.catch(() => undefined);
    return { back };
  }

  planFile(plan: PlanDocument): string {
    const path = join(this.world.runDir, `${plan.metadata.name}.json`);
    writeFileSync(path, JSON.stringify(plan, null, 2));
    return path;
  }

  /** Every message accounted for, and the whole ledger exported and verified offline. Gives what does not hold. */
  async closingFaults(): Promise<string[]> {
    const file = join(this.world.runDir, 'export.jsonl');
    const accounting = await this.world.accounting('--settle', '30s');
    const exported = await this.world.causeway('export', '--out', file);
    const verified = await this.world.causeway('verify', file);
    return [accounting, exported, verified].flatMap(({ code, stdout, stderr }) =>
      code === 0 ? [] : [`exit ${code}: ${stdout}${stderr}`],
    );
  }
}
