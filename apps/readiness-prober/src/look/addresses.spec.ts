import { refusal } from './addresses';

describe('addresses that a name may lead to', () => {
  it.each(['10.1.2.3', '192.168.1.1', '172.16.0.9', '8.8.8.8', '2001:db8::1', 'fd12::1'])('%s is fine', (address) => {
    expect(refusal('edge.internal.example', address)).toBeNull();
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'a name rebound to the prober itself (%s) is refused',
    (address) => {
      expect(refusal('edge.internal.example', address)).toContain('does not declare that');
      expect(refusal('localhost', address)).toBeNull();
    },
  );

  it.each(['169.254.169.254', '::ffff:169.254.169.254', '0.0.0.0', '2002:a9fe:a9fe::1', 'fd00:ec2::254', '::ffff:0:0'])(
    '%s is refused for every name',
    (address) => {
      expect(refusal('localhost', address)).toContain('where no look may go');
    },
  );

  it('what is no address is refused', () => {
    expect(refusal('edge', 'not-an-address')).toContain('did not resolve');
  });
});
