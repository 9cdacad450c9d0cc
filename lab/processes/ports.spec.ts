import { createServer } from 'node:net';
import { freePorts } from './ports';

describe('free ports', () => {
  it('are all different, also for those who ask at the same time, and none that a connection could get meanwhile', async () => {
    const asked = await Promise.all(Array.from({ length: 100 }, () => freePorts(2)));
    const ports = asked.flat();
    expect(new Set(ports).size).toBe(200);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('can be listened on', async () => {
    const [port = 0] = await freePorts(1);
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});
