import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePorts } from './ports';

const BUILT = join(__dirname, '..', '..', 'dist', 'lab', 'processes', 'ports.js');
const ASK_AND_STAY = `require(${JSON.stringify(BUILT)}).freePorts(400).then((ports) => console.log(ports.join())); process.stdin.resume()`;

describe('free ports', () => {
  it('are all different, also for those who ask at the same time, and none that a connection could get meanwhile', async () => {
    const asked = await Promise.all(Array.from({ length: 100 }, () => freePorts(2)));
    const ports = asked.flat();
    expect(new Set(ports).size).toBe(200);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('are not those that another process was given, as long as it lives', async () => {
    const other = spawn(process.execPath, ['-e', ASK_AND_STAY], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(other.stdout, 'data')) as [Buffer];
    const theirs = new Set(line.toString().trim().split(',').map(Number));
    // 400 of 12,000 are theirs: that none of 400 is met by chance is as good as impossible.
    const ours = await freePorts(400);
    expect(theirs.size).toBe(400);
    expect(ours.filter((port) => theirs.has(port))).toEqual([]);
    other.stdin.end();
    await once(other, 'exit');
  });

  it('can be listened on', async () => {
    const [port = 0] = await freePorts(1);
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});
