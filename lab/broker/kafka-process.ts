import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile, type Say } from '../cache/cache-folder';
import { installOnce, type Recipe } from '../cache/install-once';
import { mavenJars } from '../cache/maven';
import { requireJava, run } from '../cache/tools';
import { startProcess, type RunningProcess } from '../processes/managed-process';
import { freePorts } from '../processes/ports';
import { brokerAnswers } from './broker-answers';
import { writeLogSettings, writeServerProperties } from './kafka-settings';

const recipe: Recipe = {
  name: 'kafka',
  version: '4.3.1-r2',
  title: 'Kafka 4.3.1 (54 MB of jars by Maven, then a first start)',
  install: async (folder) => {
    await mavenJars(labFile('broker', 'kafka-pom.xml'), labFile('broker', 'kafka-jars.sha256'), join(folder, 'libs'));
    await archiveClasses(folder);
  },
};

/**
 * The collector has to be the one that the class archive was made with, or its heap objects are not used. A broker of a
 * test, a demo or a benchmark lives for seconds: the optimizing compiler costs it more than it saves (docs/measurements.md).
 */
const JVM = ['-Xms256m', '-Xmx512m', '-XX:+UseG1GC', '-XX:TieredStopAtLevel=1'];

/** A local broker that can be started again on the same ports and data. */
export interface KafkaProcess {
  readonly brokers: string;
  start(): Promise<RunningProcess>;
}

/** Told the broker's own port, once; gives the port that clients come through instead. */
export type Advertise = (port: number) => Promise<number>;

const itself: Advertise = (port) => Promise.resolve(port);

/** Downloads Kafka if this machine has not got it, and formats the data folder on the first call for this `dir`. */
export async function prepareKafkaProcess(dir: string, say: Say, advertise: Advertise = itself): Promise<KafkaProcess> {
  requireJava('Kafka');
  return prepare(await installOnce(recipe, say), dir, 'use', advertise);
}

/** Runs it once and keeps the JVM's archive of the classes it loaded: later starts take half the time. */
async function archiveClasses(folder: string): Promise<void> {
  const dir = join(folder, 'first-run');
  const { start } = await prepare(folder, dir, 'write', itself);
  await (await start()).stop();
  await rm(dir, { recursive: true });
}

async function prepare(
  folder: string,
  dir: string,
  archive: 'use' | 'write',
  advertise: Advertise,
): Promise<KafkaProcess> {
  const java = requireJava('Kafka');
  await mkdir(dir, { recursive: true });
  const [clients, controller] = (await freePorts(2)) as [number, number];
  const advertised = await advertise(clients);
  const properties = await writeServerProperties(dir, { clients, controller, advertised });
  const program = [`-Dlog4j2.configurationFile=${await writeLogSettings(dir)}`, '-cp', join(folder, 'libs', '*')];
  const classes = join(folder, 'classes.jsa');
  const shared = `-XX:SharedArchiveFile=${classes}`;
  if (!existsSync(join(dir, 'data', 'meta.properties')))
    await format(java, [...(archive === 'use' ? [shared] : []), ...program], properties);
  const brokers = `127.0.0.1:${advertised}`;
  const archiving = archive === 'use' ? shared : `-XX:ArchiveClassesAtExit=${classes}`;
  const args = [...JVM, archiving, ...program, 'kafka.Kafka', properties];
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: 'kafka',
      command: java,
      args,
      cwd: dir,
      logFile: join(dir, 'kafka.log'),
      isReady: () => brokerAnswers(brokers),
      readyWithinMs: 60_000,
      // Writing the archive takes a few seconds.
      graceMs: archive === 'use' ? 15_000 : 60_000,
    });
  return { brokers, start };
}

async function format(java: string, program: readonly string[], properties: string): Promise<void> {
  // An id is 16 bytes in base64url; one that begins with "-" would be taken for an option.
  const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
  const quick = ['-XX:TieredStopAtLevel=1'];
  await run(java, [...quick, ...program, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties]);
}
