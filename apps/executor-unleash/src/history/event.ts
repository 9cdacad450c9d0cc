import { z } from 'zod';
import { strategy } from '../client/feature';

const strategyOrNothing = strategy.nullish().catch(null);

/** One entry of Unleash's own history. Ids rise; an id may become visible after a higher one. */
const event = z.object({
  id: z.number(),
  type: z.string(),
  createdBy: z.string().nullish(),
  createdByUserId: z.number().nullish(),
  createdAt: z.string(),
  featureName: z.string().nullish(),
  project: z.string().nullish(),
  environment: z.string().nullish(),
  /** Events of one request. */
  groupId: z.string().nullish(),
  data: z.unknown(),
  preData: z.unknown(),
});
export type HistoryEvent = z.output<typeof event>;

/** Newest first, by Unleash's clock; `total` was counted before. */
export const historyPage = z.object({ events: z.array(event), total: z.number() });
export type HistoryPage = z.output<typeof historyPage>;

/** The token's own user; tokens of no user have no number. */
export const ownUser = z.object({ user: z.object({ id: z.number().nullish() }) });

/** A strategy as the event holds it; null: none, or in a form we do not know. */
export const strategyIn = (data: unknown): z.output<typeof strategyOrNothing> => strategyOrNothing.parse(data) ?? null;
