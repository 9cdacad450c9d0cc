import { listedVersions, stateOf } from './listing';

const LIST = `OK - Listed applications for virtual host [localhost]
/:running:0:ROOT
/shop:running:3:shop##1.1.0
/shop:running:0:shop##1.0.0
/shop:stopped:0:shop##1.2.0.war
/shop2:running:0:shop2##9.9.9
/manager:running:0:/opt/tomcat/webapps/manager
`;

it('reads the versions of one context, whatever else is deployed', () => {
  expect(listedVersions(LIST, 'shop')).toEqual([
    { version: '1.1.0', running: true },
    { version: '1.0.0', running: true },
    { version: '1.2.0', running: false },
  ]);
});

it('a deployment without a version has the empty one; nothing deployed is an empty list', () => {
  expect(listedVersions('/shop:running:0:shop', 'shop')).toEqual([{ version: '', running: true }]);
  expect(listedVersions('OK - Listed applications', 'shop')).toEqual([]);
});

it.each([
  ['1.1.0', 'serving'],
  ['1.0.0', 'shadowed'],
  ['1.2.0', 'stopped'],
  ['0.9.0', 'absent'],
])('%s is %s', (version, state) => {
  expect(stateOf(listedVersions(LIST, 'shop'), version)).toBe(state);
});
