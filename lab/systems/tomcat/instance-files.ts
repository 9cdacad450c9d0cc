import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A user of the manager application. */
export interface ManagerUser {
  readonly name: string;
  readonly password: string;
}

/** Writes a CATALINA_BASE of its own: configuration, the manager application, and the first version of the shop. */
export async function writeInstance(
  base: string,
  { home, port, users, firstWar }: { home: string; port: number; users: readonly ManagerUser[]; firstWar: string },
): Promise<void> {
  const conf = join(base, 'conf');
  for (const folder of ['logs', 'temp', 'webapps', 'work', join('conf', 'Catalina', 'localhost')])
    await mkdir(join(base, folder), { recursive: true });
  await writeFile(join(conf, 'server.xml'), serverXml(port, '127.0.0.1'));
  await writeFile(join(conf, 'tomcat-users.xml'), usersXml(users));
  await writeFile(join(conf, 'logging.properties'), LOGGING);
  await writeFile(join(conf, 'Catalina', 'localhost', 'manager.xml'), managerXml('${catalina.home}/webapps/manager'));
  await copyFile(join(home, 'conf', 'web.xml'), join(conf, 'web.xml'));
  // No jar holds anything to be found by scanning; looking costs a second a start.
  const properties = await readFile(join(home, 'conf', 'catalina.properties'), 'utf8');
  await writeFile(
    join(conf, 'catalina.properties'),
    `${properties}\ntomcat.util.scan.StandardJarScanFilter.jarsToSkip=*.jar\n`,
  );
  await copyFile(firstWar, join(base, 'webapps', 'shop##1.0.0.war'));
}

const INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
/** What the access log keeps of a request, in this order: the observer and the lab's read-back parse it. */
const ACCESS_PATTERN =
  `%{begin:${INSTANT}}t %{end:${INSTANT}}t %a &quot;%u&quot; %s %B &quot;%r&quot; ` +
  'change=&quot;%{X-Causeway-Step}i&quot; agent=&quot;%{User-Agent}i&quot;';

export const serverXml = (port: number, address: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<Server port="-1">
  <Service name="Catalina">
    <Connector port="${port}" address="${address}" protocol="HTTP/1.1" maxThreads="40" minSpareThreads="4"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.MemoryRealm"/>
      <Host name="localhost" appBase="webapps" unpackWARs="true" autoDeploy="false" deployOnStartup="true">
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access" suffix=".log"
               rotatable="false" buffered="false" pattern="${ACCESS_PATTERN}"/>
      </Host>
    </Engine>
  </Service>
</Server>
`;

export const usersXml = (users: readonly ManagerUser[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<tomcat-users>
  <role rolename="manager-script"/>
${users.map(({ name, password }) => `  <user username="${name}" password="${password}" roles="manager-script"/>`).join('\n')}
</tomcat-users>
`;

export const managerXml = (docBase: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<Context docBase="${docBase}" privileged="true"/>
`;

const LOGGING = `handlers = java.util.logging.ConsoleHandler
.handlers = java.util.logging.ConsoleHandler
java.util.logging.ConsoleHandler.level = INFO
java.util.logging.ConsoleHandler.formatter = org.apache.juli.OneLineFormatter
java.util.logging.ConsoleHandler.encoding = UTF-8
`;
