import { createRequire } from 'node:module';
import { silentLog } from '../log';
import { takeOwnPlaces } from './own-place';

interface Sent {
  readonly request: { readonly apiName: string };
}
interface BrokerClient {
  connect(): Promise<void>;
  joinGroup(asked: object): Promise<unknown>;
}
type BrokerClass = new (options: object) => BrokerClient;

const VERSIONS = { 11: [5, 5], 13: [0, 0], 15: [0, 0] };
const versions = Object.fromEntries(
  Object.entries(VERSIONS).map(([key, [minVersion, maxVersion]]) => [key, { minVersion, maxVersion }]),
);
const JOINING = { groupId: 'g', sessionTimeout: 1, rebalanceTimeout: 1, groupProtocols: [] };

/** A broker client of kafkajs on a connection that fails the first look at the group, and shows this client's member from then on. */
async function brokerOf(clientId: string) {
  const Broker = createRequire(__filename)('kafkajs/src/broker') as BrokerClass;
  const sent: string[] = [];
  const answers: Record<string, object> = {
    DescribeGroups: { groups: [{ members: [{ memberId: 'm-1', clientId }] }] },
    JoinGroup: { memberId: 'm-1' },
  };
  const send = ({ request: { apiName } }: Sent): Promise<object> => {
    sent.push(apiName);
    const isFirstLook = apiName === 'DescribeGroups' && sent.filter((name) => name === apiName).length === 1;
    return isFirstLook ? Promise.reject(new Error('not now')) : Promise.resolve(answers[apiName] ?? {});
  };
  const connection = { getSupportAuthenticationProtocol: () => true, authenticate: () => Promise.resolve() };
  const connectionPool = {
    ...{ clientId, send, connectionTimeout: 1_000, isConnected: () => false },
    ...{ getConnection: () => Promise.resolve(connection), setVersions: () => undefined },
  };
  const broker = new Broker({ connectionPool, logger: { namespace: () => ({}) }, versions });
  await broker.connect();
  return { broker, sent };
}

describe('an instance that could not see its former place when it came', () => {
  it('does not put itself out when it joins again: the member of its name is itself by then', async () => {
    takeOwnPlaces('spec@a', silentLog);
    const { broker, sent } = await brokerOf('spec@a');
    await broker.joinGroup(JOINING);
    await broker.joinGroup(JOINING);
    expect(sent).toEqual(['DescribeGroups', 'JoinGroup', 'JoinGroup']);
  });
});
