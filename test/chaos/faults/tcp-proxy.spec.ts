import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy';

let echo: Server;
let heard: string;
let proxy: TcpProxy;

beforeEach(async () => {
  heard = '';
  echo = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        heard += bytes.toString();
        socket.write(bytes);
      }),
  ).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await TcpProxy.to((echo.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.stop();
  echo.close();
});

async function connected(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));
const answerTo = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
};
async function untilHeard(text: string): Promise<void> {
  while (heard !== text) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('the proxy of chaos', () => {
  it('passes what is asked and what is answered', async () => {
    expect(await answerTo(await connected(), 'one')).toBe('one');
  });

  it('swallows answers: what was asked arrives, and the connection ends when that is over', async () => {
    const socket = await connected();
    let answered = '';
    socket.on('data', (bytes) => (answered += bytes.toString()));
    proxy.turn('swallow');
    socket.write('two');
    await untilHeard('two');
    const over = closed(socket);
    proxy.turn('pass');
    await over;
    expect(answered).toBe('');
    expect(await answerTo(await connected(), 'three')).toBe('three');
  });

  it('holds connections half open: nothing arrives', async () => {
    const socket = await connected();
    expect(await answerTo(socket, 'four')).toBe('four');
    proxy.turn('black-hole');
    socket.write('five');
    const over = closed(socket);
    proxy.turn('pass');
    await over;
    expect(heard).toBe('four');
  });
});
