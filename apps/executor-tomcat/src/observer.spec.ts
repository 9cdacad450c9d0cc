import { CursorLost } from '@causeway/executor-sdk';
import { tomcatObserver } from './observer';

it('begins anew after a cursor of another release, instead of failing for ever', async () => {
  const tomcat = { members: {}, user: 'none', password: 'none', warFolder: '/', context: 'shop', warmPath: '/' };
  const observer = tomcatObserver({ tomcat, logs: {} }, Date.now);
  const { signal } = new AbortController();
  await expect(observer.sweep({ of: 'another release' }, signal)).rejects.toBeInstanceOf(CursorLost);
});
