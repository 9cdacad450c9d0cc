import { refusalDraft, seal, type EventBus, type Sealed, type SealOptions } from '@causeway/messaging';

export interface RefusalsOptions {
  readonly table: { add(sealed: Sealed): Promise<void>; unrecorded(): Promise<Sealed[]> };
  readonly bus: Pick<EventBus, 'send'>;
  readonly sealing: SealOptions;
}

interface WriterAt {
  readonly epoch: number;
  readonly holder: string;
}

/** How a refused writer's word comes into the log: it leaves a row, and who writes now sends it to the topic, from where it is taken. */
export class Refusals {
  private readonly sent = new Set<string>();

  constructor(private readonly options: RefusalsOptions) {}

  async leave(refused: WriterAt, current: WriterAt | null, reason: string): Promise<void> {
    const { table, sealing } = this.options;
    const data = {
      ...{ sequenceId: null, step: null, tried: 'append' as const, refused, reason },
      current: { epoch: current?.epoch ?? null, holder: current?.holder ?? null },
    };
    for (const sealed of seal([refusalDraft(data, sealing.signer.principal)], sealing)) await table.add(sealed);
  }

  /** Sends what lies there and is not in the log, each once in this process's life. */
  async send(): Promise<void> {
    const { table, bus } = this.options;
    const left = (await table.unrecorded()).filter(({ id }) => !this.sent.has(id));
    if (left.length === 0) return;
    await bus.send(left);
    for (const { id } of left) this.sent.add(id);
  }
}
