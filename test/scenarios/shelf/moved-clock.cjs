/**
 * Preloaded into a service: its wall clock is wrong by as many milliseconds as stand in the file CLOCK_FILE, from the moment they stand there.
 * The monotonic clock and timers are left alone, as they are when somebody sets the time.
 */
const { readFileSync } = require('node:fs');

const RealDate = Date;
let movedByMs = 0;
const read = () => {
  try {
    movedByMs = Number(readFileSync(process.env.CLOCK_FILE, 'utf8')) || 0;
  } catch {
    movedByMs = 0;
  }
};
const now = () => RealDate.now() + movedByMs;

read();
setInterval(read, 50).unref();
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
