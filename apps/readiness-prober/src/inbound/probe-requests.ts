import { topicNames } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { takeRequests, type TakePorts } from '../handle/take-requests';

export const TAKE_PORTS = 'readiness-prober:take-ports';

/** `causeway.probes.v1`: what to look at for a gate, and what to watch, asked for by the sequencer. */
@Controller()
export class ProbeRequests {
  constructor(@Inject(TAKE_PORTS) private readonly ports: TakePorts) {}

  @EventPattern(topicNames.probes)
  take(@Payload() received: Received[]): Promise<void> {
    return takeRequests(received, this.ports);
  }
}
