import { Controller, Inject, type Type } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { commandsTopic } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import { HOSTED, type Hosted } from '../hosted';

/** The inbound handler of one executor's command topic. The topic's name is only known here, so the class is made here. */
export function commandsInbox(executorName: string): Type<unknown> {
  @Controller()
  class Commands {
    constructor(@Inject(HOSTED) private readonly hosted: Hosted) {}

    @EventPattern(commandsTopic(executorName))
    take(received: Received[]): Promise<void> {
      return this.hosted.hosting.take(received);
    }
  }
  return Commands;
}
