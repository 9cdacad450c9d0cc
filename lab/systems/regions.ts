/** The lab's two regions, and the members of each that are counted. */
export const REGIONS = ['us-east', 'eu-west'] as const;
export type Region = (typeof REGIONS)[number];

/** Two gateways in each region. */
export const GATEWAYS = { 'us-east': ['gw-us-1', 'gw-us-2'], 'eu-west': ['gw-eu-1', 'gw-eu-2'] } as const;
export type GatewayName = (typeof GATEWAYS)[Region][number];

/** One value for each region, made in parallel. */
export async function forRegions<T>(make: (region: Region) => Promise<T>): Promise<Record<Region, T>> {
  const made = await Promise.all(REGIONS.map(async (region) => [region, await make(region)] as const));
  return Object.fromEntries(made) as Record<Region, T>;
}
