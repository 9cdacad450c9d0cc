/**
 * Which addresses a look may connect to. An operator declares where to look, so the declared host is trusted as a name;
 * what a name resolves to is not (DNS may be rebound to something inside). Checked on the address that is connected to.
 *
 * - never: unspecified, link-local (cloud metadata lives there), multicast, reserved, and the IPv6 forms that embed an
 *   IPv4 address through a translator (NAT64, 6to4), because they would get past the IPv4 rules
 * - loopback: only when the declaration itself says so (`localhost` or a loopback address)
 * - private networks: allowed, the systems that are changed live there
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const never = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  never.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  never.addSubnet(net, prefix, 'ipv6');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');
const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text);

/** The host of a URL as the socket sees it: without the brackets of an IPv6 literal. */
export const socketHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

function declaresLoopback(host: string): boolean {
  if (isAddress(host)) return loopback.check(host, familyOf(host));
  return host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Why a look declared for `host` must not connect to `address`, or null when it may.
 * @param host as declared, without brackets
 * @param address an IPv4 or IPv6 address that `host` is or resolved to
 */
export function refusal(host: string, address: string): string | null {
  if (!isAddress(address)) return `${host} did not resolve to an address`;
  if (never.check(address, familyOf(address))) return `${host} leads to ${address}, where no look may go`;
  if (loopback.check(address, familyOf(address)) && !declaresLoopback(host))
    return `${host} leads to the prober's own machine (${address}) and the target does not declare that`;
  return null;
}
