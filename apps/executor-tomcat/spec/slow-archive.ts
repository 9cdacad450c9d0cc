import { zip } from '@causeway/lab';

/** A page that is made at the start, and sleeps first. */
export const slowToStart = (): Buffer =>
  zip({
    'slow.jsp': '<%! public void jspInit() { try { Thread.sleep(1500); } catch (InterruptedException e) {} } %>',
    'WEB-INF/web.xml':
      '<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true"><absolute-ordering/><servlet>' +
      '<servlet-name>slow</servlet-name><jsp-file>/slow.jsp</jsp-file><load-on-startup>1</load-on-startup></servlet></web-app>',
  });
