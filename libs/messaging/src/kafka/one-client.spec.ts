import { OneClient } from './one-client';

/** Clients that know whether they are connected. */
function clients() {
  const made: { isConnected: boolean; disconnect(): Promise<void> }[] = [];
  const one = new OneClient(() => {
    const client = { isConnected: true, disconnect: () => Promise.resolve(void (client.isConnected = false)) };
    made.push(client);
    return Promise.resolve(client);
  });
  return { one, states: () => made.map(({ isConnected }) => isConnected) };
}

describe('a client that all calls share', () => {
  it('is one, until a call gives it up; who gives it up later leaves the newer one alone', async () => {
    const { one, states } = clients();
    const [first, same] = [one.get(), one.get()];
    expect(await first).toBe(await same);
    one.discard(first);
    const newer = one.get();
    one.discard(same);
    expect(await one.get()).toBe(await newer);
    expect(states()).toEqual([false, true]);
    await one.close();
    expect(states()).toEqual([false, false]);
  });

  it('that could not be made is asked for anew', async () => {
    let tries = 0;
    const one = new OneClient(() => {
      tries++;
      return Promise.reject<{ disconnect(): Promise<void> }>(new Error('away'));
    });
    const first = one.get();
    await expect(first).rejects.toThrow('away');
    one.discard(first);
    await expect(one.get()).rejects.toThrow('away');
    expect(tries).toBe(2);
  });
});
