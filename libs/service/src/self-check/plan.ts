import type { BrokerReader } from '@causeway/messaging';
import type { Migration, Reader } from '@causeway/persistence';
import type { Check } from '@causeway/self-check';

/** What a service's self-check is made of, besides what is the same in all: its topics, clock, schema and lag. */
export interface SelfCheckPlan {
  /** Principal; also its folder below apps/. */
  readonly service: string;
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly hasOutbox: boolean;
  /** Whether only one of it at a time may act. */
  readonly hasSeat: boolean;
  /** What brings its schema up to date, for people. Default: its start. */
  readonly migrate?: string;
  /** Executors that it knows beside CAUSEWAY_EXECUTORS. */
  readonly executors?: readonly string[];
  /** Its consumer group, when it is not its principal. */
  groupOf?(reader: Reader): Promise<string>;
  /** More about its tables. */
  readonly tables?: readonly Check<Reader>[];
  /** More that needs tables and broker. */
  readonly both?: readonly Check<ReaderAndBroker>[];
}

export interface ReaderAndBroker {
  readonly reader: Reader;
  readonly broker: BrokerReader;
}
