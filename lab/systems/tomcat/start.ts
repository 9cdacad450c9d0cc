import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import { requireJava } from '../../cache/tools';
import { call } from '../../http/call';
import { startProcess, type RunningProcess } from '../../processes/managed-process';
import { buildShopWar, SHOP_VERSIONS } from '../../shop/build-shop-war';
import { forRegions, type Region } from '../regions';
import { installTomcat } from './install';
import { writeInstance, type ManagerUser } from './instance-files';

/** One Tomcat in each region, with the shop's version 1.0.0 and a manager that uploads others. */
export interface TomcatLab {
  readonly instances: Readonly<Record<Region, TomcatInstance>>;
  /** Users with the role manager-script, the same in every instance. */
  readonly executor: ManagerUser;
  /** The people of the shop, who may go around Causeway. */
  readonly team: ManagerUser;
  /** Context path without the slash. */
  readonly context: string;
  /** Holds `shop-<version>.war` of every version. */
  readonly warFolder: string;
}

export interface TomcatInstance {
  readonly url: string;
  /** host:port, for a proxy. */
  readonly upstream: string;
  readonly accessLog: string;
  readonly process: RunningProcess;
}

export interface TomcatOptions {
  readonly dir: string;
  readonly say: Say;
  readonly ports: Readonly<Record<Region, number>>;
  /** The realm whose tokens the shop trusts: `http://…/realms/shop`. It need not answer yet. */
  readonly issuer: string;
}

export async function startTomcat(options: TomcatOptions): Promise<TomcatLab> {
  const home = await installTomcat(options.say);
  const warFolder = join(options.dir, 'wars');
  for (const version of SHOP_VERSIONS) await buildShopWar(version, warFolder);
  const executor = newUser('causeway-executor');
  const team = newUser('shop-team');
  const instances = await forRegions(async (region) => {
    const base = join(options.dir, region);
    const port = options.ports[region];
    const firstWar = join(warFolder, 'shop-1.0.0.war');
    await writeInstance(base, { home, port, users: [executor, team], firstWar });
    return startInstance({ home, base, port, region, issuer: options.issuer });
  });
  return { instances, executor, team, context: 'shop', warFolder };
}

const newUser = (name: string): ManagerUser => ({ name, password: randomBytes(12).toString('hex') });

interface Instance {
  readonly home: string;
  readonly base: string;
  readonly port: number;
  readonly region: Region;
  readonly issuer: string;
}

async function startInstance({ home, base, port, region, issuer }: Instance): Promise<TomcatInstance> {
  const url = `http://127.0.0.1:${port}`;
  await mkdir(base, { recursive: true });
  const process = await startProcess({
    name: `tomcat ${region}`,
    command: requireJava('Tomcat'),
    args: [
      ...['-Xms48m', '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'],
      '-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager',
      `-Djava.util.logging.config.file=${join(base, 'conf', 'logging.properties')}`,
      ...[`-Dcatalina.home=${home}`, `-Dcatalina.base=${base}`, `-Djava.io.tmpdir=${join(base, 'temp')}`],
      ...[`-Dshop.issuer=${issuer}`, '-Djava.security.egd=file:/dev/urandom'],
      ...['--add-opens=java.base/java.lang=ALL-UNNAMED', '--add-opens=java.base/java.io=ALL-UNNAMED'],
      ...['-cp', `${join(home, 'bin', 'bootstrap.jar')}:${join(home, 'bin', 'tomcat-juli.jar')}`],
      ...['org.apache.catalina.startup.Bootstrap', 'start'],
    ],
    cwd: base,
    logFile: join(base, 'logs', 'catalina.log'),
    isReady: async () => (await call({ url: `${url}/shop/version`, timeoutMs: 10_000 })).status === 200,
    readyWithinMs: 60_000,
  });
  return { url, upstream: `127.0.0.1:${port}`, accessLog: join(base, 'logs', 'access.log'), process };
}
