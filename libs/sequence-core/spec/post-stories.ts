import { WatchedStory } from './watched-story';

const REGIONS = { 'us-east': ['us-1'], 'eu-west': ['eu-1', 'eu-2'] };

/** The plan of the post: a role that is the same everywhere, gateways by region, a flag by region. */
export const post = (): WatchedStory =>
  new WatchedStory(['us-east', 'eu-west'], {
    roles: { scopes: { global: ['realm'] } },
    gateway: { needs: ['roles'], scopes: REGIONS },
    flag: { needs: ['gateway'], scopes: { 'us-east': ['client'], 'eu-west': ['client'] } },
  });

/** Someone switches the flag while the gateways of eu-west lag. */
export const incident = (): WatchedStory =>
  post()
    .allOld(10)
    .sees('roles', 'global/realm', 'new', 1_000, 1_010)
    .sees('gateway', 'us-east/us-1', 'new', 2_000, 2_010)
    .sees('flag', 'us-east/client', 'new', 3_000, 3_100)
    .sees('flag', 'eu-west/client', 'new', 3_000, 3_200)
    .sees('gateway', 'eu-west/eu-1', 'new', 4_000, 4_010)
    .sees('gateway', 'eu-west/eu-2', 'new', 9_000, 9_500);

/** The plan runs: each step is ordered after the one before it was seen everywhere, between two looks of the watch. */
export const governed = (): WatchedStory =>
  post()
    .allOld(10)
    .commanded('roles', 20)
    .applied('roles', 30)
    .ready('roles', 45)
    .commanded('gateway', 45)
    .sees('roles', 'global/realm', 'new', 15, 65)
    .applied('gateway', 50)
    .sees('gateway', 'us-east/us-1', 'new', 10, 60)
    .sees('gateway', 'eu-west/eu-1', 'new', 60, 110)
    .sees('gateway', 'eu-west/eu-2', 'new', 560, 610)
    .ready('gateway', 590)
    .commanded('flag', 590)
    .applied('flag', 595)
    .sees('flag', 'us-east/client', 'new', 555, 600)
    .sees('flag', 'eu-west/client', 'new', 556, 601)
    .ready('flag', 610);
