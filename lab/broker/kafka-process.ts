import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile, type Say } from '../cache/cache-folder';
import { installOnce, type Recipe } from '../cache/install-once';
import { mavenJars } from '../cache/maven';
import { requireTool, run } from '../cache/tools';
import { startProcess, type RunningProcess } from '../processes/managed-process';
import { freePorts } from '../processes/ports';
import { writeLogSettings, writeServerProperties } from './kafka-settings';
import { brokerAnswers } from './broker-answers';

const recipe: Recipe = {
  name: 'kafka',
  version: '4.3.1-r1',
  title: 'Kafka 4.3.1 (54 MB of jars, by Maven)',
  install: (folder) =>
    mavenJars(labFile('broker', 'kafka-pom.xml'), labFile('broker', 'kafka-jars.sha256'), join(folder, 'libs')),
};

/** Downloads Kafka, if this machine has not got it. */
export const installKafka = (say: Say): Promise<string> => installOnce(recipe, say);

/** A local broker that can be started again on the same ports and data. */
export interface KafkaProcess {
  readonly brokers: string;
  start(): Promise<RunningProcess>;
}

/** Formats the data folder on the first call for this `dir`. Nothing runs yet. */
export async function prepareKafkaProcess(dir: string, say: Say): Promise<KafkaProcess> {
  const java = requireTool('java', 'Kafka');
  const classpath = join(await installKafka(say), 'libs', '*');
  await mkdir(dir, { recursive: true });
  const [clients, controller] = (await freePorts(2)) as [number, number];
  const properties = await writeServerProperties(dir, { clients, controller });
  const log = `-Dlog4j2.configurationFile=${await writeLogSettings(dir)}`;
  if (!existsSync(join(dir, 'data', 'meta.properties'))) await format(java, classpath, log, properties);
  const brokers = `127.0.0.1:${clients}`;
  const args = ['-Xms256m', '-Xmx512m', log, '-cp', classpath, 'kafka.Kafka', properties];
  return {
    brokers,
    start: () =>
      startProcess({
        name: 'kafka',
        command: java,
        args,
        cwd: dir,
        logFile: join(dir, 'kafka.log'),
        isReady: () => brokerAnswers(brokers),
        readyWithinMs: 60_000,
        graceMs: 15_000,
      }),
  };
}

async function format(java: string, classpath: string, log: string, properties: string): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  await run(java, [
    ...quick,
    log,
    '-cp',
    classpath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    properties,
  ]);
}
