import { REGIONS } from '../systems/regions';
import { isDenied, type UserRequest } from '../witness/users';
import type { RegionUsers } from './report/data';

/** Each region's requests as marks in time. */
export const usersOf = (requests: readonly UserRequest[]): RegionUsers[] =>
  REGIONS.map((region) => {
    const own = requests.filter((one) => one.region === region);
    const times = (wanted: boolean): number[] =>
      own.filter((one) => isDenied(one) === wanted).map(({ beganMs }) => beganMs);
    return { region, servedAt: times(false), deniedAt: times(true) };
  });
