import { evidenceIsNew, gatesOpenOnTheWorld } from './age';
import {
  appliedIsTrue,
  commandsAreAnsweredOnce,
  effectsAreSingle,
  inputsAreDecidedOnce,
  noBlindWrite,
} from './effects';
import type { Evidence } from './evidence';
import { changesAreSeen, heldUntilAccepted } from './foreign';
import { keysAreTakenInTurn, sequencesKeepApart } from './keys';
import {
  causesComeFirst,
  eventsAreSingle,
  everythingIsAccounted,
  logIsWhole,
  onlyTheTrustedIsIn,
  recordsKeepOrder,
} from './log';
import { attemptsFollowAnswers, commandsFollowGates, writesFollowEffects } from './order';
import { everythingEndsOrWaits, nothingAcknowledgedIsLost } from './progress';
import { retriesFollowPolicy } from './retries';
import { factsSayWhatResultsSay, gatesCiteEvidence, readingsAreTrue, resultsEchoCommands } from './proof';
import { decisionsAreAnswered, resumedAsSaid, settledAsSaid } from './settlements';
import { replayIsTheState, theEndIsTheEnd } from './states';
import { violation, type Violation } from './violation';

const CHECKS = [
  ...[commandsFollowGates, writesFollowEffects, attemptsFollowAnswers],
  ...[sequencesKeepApart, keysAreTakenInTurn, retriesFollowPolicy],
  ...[gatesCiteEvidence, evidenceIsNew, gatesOpenOnTheWorld, readingsAreTrue, resultsEchoCommands],
  ...[
    effectsAreSingle,
    noBlindWrite,
    appliedIsTrue,
    commandsAreAnsweredOnce,
    inputsAreDecidedOnce,
    factsSayWhatResultsSay,
  ],
  ...[logIsWhole, causesComeFirst, eventsAreSingle, everythingIsAccounted, onlyTheTrustedIsIn, recordsKeepOrder],
  ...[settledAsSaid, resumedAsSaid, decisionsAreAnswered, changesAreSeen, heldUntilAccepted],
  ...[replayIsTheState, theEndIsTheEnd, nothingAcknowledgedIsLost, everythingEndsOrWaits, servicesEndForAReason],
];

/** Everything that must hold of a run; nothing: it does. */
export const check = (evidence: Evidence): Violation[] => CHECKS.flatMap((one) => [...one(evidence)]);

/** Errors that a service may end itself with: what it needs is away, or another has its place. */
const FAIR_ENDS =
  /WriterReplaced|SeatTaken|another process of this service has taken its place|DatabaseError|SendFailed/;

/** A rejection that nobody heard. It ends a real process whatever it tells of. */
export const UNHANDLED = 'unhandled: ';

/** H1: no service ends itself but for what is away. */
function* servicesEndForAReason({ exits }: Evidence): Iterable<Violation> {
  for (const { process, message } of exits)
    if (message.startsWith(UNHANDLED) || !FAIR_ENDS.test(message))
      yield violation('H1', `${process} ended itself: ${message.slice(0, 400)}`);
}
export type { Violation };
