import { CursorLost } from '@causeway/executor-sdk';
import { keycloakObserver } from './observer';

it('begins anew after a cursor of another release, instead of failing for ever', async () => {
  const reader = { url: 'http://127.0.0.1:1', realm: 'none', clientId: 'reader', clientSecret: 'none' };
  const observer = keycloakObserver({ reader, executorClientId: 'executor' }, Date.now);
  const { signal } = new AbortController();
  await expect(observer.sweep({ of: 'another release' }, signal)).rejects.toBeInstanceOf(CursorLost);
});
