import { gauge, type Readiness } from '@causeway/host';
import type { EventBus } from '@causeway/messaging';

/** Shows how the process stands with the broker: in its readiness, with the reason, and in two figures. */
export function watchBroker(bus: Pick<EventBus, 'contact'>, readiness: Readiness): void {
  readiness.add('broker', () => bus.contact().trouble ?? true);
  gauge('causeway_broker_reachable', '0 while something is wrong on the way to the broker', () =>
    bus.contact().trouble === null ? 1 : 0,
  );
  gauge(
    'causeway_broker_consumer_restarts',
    'How often a consumption had to begin anew since the process began',
    () => bus.contact().restarts,
  );
}

/** For a readiness check: why messages are not taken in yet, or any more. */
export const NOT_TAKING_IN = 'no messages are taken in: it is not (or not yet) a member of its consumer group';
