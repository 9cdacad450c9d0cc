import { createRequire } from 'node:module';
import { messageOf, type Log } from '../log';

/**
 * A process that was killed stays in its group until its session is over, and whoever joins waits for it that long. Only one thing
 * knows that it is gone: the process that was started in its place. So a client that has the name of its instance lets the members
 * of that name leave before it joins for the first time. Two running instances of one name would put each other out at their starts and
 * join again: slower, nothing worse, since no write relies on who is a member.
 *
 * Kafka's own way is static membership (KIP-345), which kafkajs 2.2.4 does not have.
 */
interface Instance {
  readonly log: Log;
  /** Groups that it has come to: it puts nobody out a second time. */
  readonly groups: Set<string>;
}
const instances = new Map<string, Instance>();

interface Joining {
  readonly groupId: string;
}
interface Broker {
  readonly connectionPool: { readonly clientId: string };
  describeGroups(asked: { readonly groupIds: readonly string[] }): Promise<{
    readonly groups: readonly {
      readonly members: readonly { readonly memberId: string; readonly clientId: string }[];
    }[];
  }>;
  leaveGroup(asked: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  joinGroup(this: Broker, asked: Joining): Promise<unknown>;
}

const load = createRequire(__filename);
let isInstalled = false;

/** From now on clients of this id take the places that members of the same id have left behind. */
export function takeOwnPlaces(clientId: string, log: Log): void {
  install();
  instances.set(clientId, { log, groups: new Set() });
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const { prototype } = load('kafkajs/src/broker') as { readonly prototype: Broker };
  const { joinGroup } = prototype;
  prototype.joinGroup = async function (asked) {
    const instance = instances.get(this.connectionPool.clientId);
    if (instance && !instance.groups.has(asked.groupId)) await letLeave(this, asked.groupId, instance);
    return joinGroup.call(this, asked);
  };
}

async function letLeave(broker: Broker, groupId: string, { log, groups }: Instance): Promise<void> {
  const { clientId } = broker.connectionPool;
  // Whatever becomes of the look: at the next join the member of this name is this process itself.
  groups.add(groupId);
  try {
    const described = await broker.describeGroups({ groupIds: [groupId] });
    const left = described.groups.flatMap(({ members }) => members).filter((member) => member.clientId === clientId);
    for (const { memberId } of left) await broker.leaveGroup({ groupId, memberId });
    if (left.length > 0)
      log.info({ groupId, clientId }, 'takes the place that this instance had before it was started');
  } catch (error) {
    log.debug({ groupId, clientId }, `its former place is free when its session ends: ${messageOf(error)}`);
  }
}
