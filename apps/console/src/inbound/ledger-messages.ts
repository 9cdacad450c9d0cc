import { topicNames, type Checkpoint, type Entries, type Entry } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { Database } from '@causeway/persistence';
import { DATABASE } from '@causeway/service';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { Projector } from '../handle/projector';
import { insertCheckpoints, putExportHeader } from '../store/projection-store';

/** What the ledger publishes. Entries and checkpoints come by themselves, so a checkpoint may be here before its entries. */
@Controller()
export class LedgerMessages {
  constructor(
    @Inject(Projector) private readonly projector: Projector,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @EventPattern(topicNames.ledger)
  takeEntries(batch: Received<Entry | Entries>[]): Promise<void> {
    return this.projector.take(batch);
  }

  @EventPattern(topicNames.checkpoints)
  async takeCheckpoints(batch: Received<Checkpoint>[]): Promise<void> {
    const header = batch.map(({ message }) => message.data.exportHeader).findLast((one) => one !== undefined);
    await this.database.transaction(
      async (tx) => {
        await insertCheckpoints(
          tx,
          batch.map(({ message }) => message.data),
        );
        if (header) await putExportHeader(tx, header);
      },
      { safeToRepeat: true },
    );
  }
}
