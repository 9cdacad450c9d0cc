import 'reflect-metadata';
import { allTopics } from '@causeway/contracts';
import { CausewayServer, type Admission, type EventBus, type Received } from '@causeway/messaging';
import type { House } from '../house';
import { simSigner } from '../keys';
import type { SimProcess } from '../process';

/** Where Nest keeps what `@EventPattern` says. */
const PATTERNS = 'microservices:pattern';
const EXTRAS = 'microservices:pattern_extras';

interface Intake {
  readonly principal: string;
  readonly bus: EventBus;
  readonly admission?: Admission;
  /** The class with the handler, and the handler. */
  readonly controller: { readonly prototype: object };
  readonly method: string;
  take(received: Received[]): Promise<void>;
}

/** The real transport (door, lanes, parking) over the simulated broker, with the topics that the controller's decorator names. */
export function openIntake(house: House, process: SimProcess, intake: Intake): Promise<void> {
  const { principal, bus, admission } = intake;
  const server = new CausewayServer({
    ...{ bus, admission, verifier: house.bugs.verifier(house.verifier), signer: simSigner(principal) },
    ...{ topics: allTopics(house.executors), groupId: principal, maxBatch: house.dice.int(1, 40) },
    onFatal: (error) => house.exit(process, error),
  });
  const handler = intake.controller.prototype[intake.method as never] as object;
  const topics = (Reflect.getMetadata(PATTERNS, handler) as string[]).flat();
  const extras = (Reflect.getMetadata(EXTRAS, handler) as Record<string, unknown> | undefined) ?? {};
  const take = (received: Received[]): Promise<void> => intake.take(received);
  for (const topic of topics) server.addHandler(topic, (data: unknown) => take(data as Received[]), true, extras);
  return new Promise((resolve, reject) => server.listen((error) => (error ? reject(error as Error) : resolve())));
}
