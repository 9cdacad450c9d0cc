/** Everything has a limit, named with its unit and its reason. */
export const limits = {
  /** One message's value, bytes. Fits every topic's max.message.bytes; a larger one is parked unread. */
  messageBytes: 256 * 1024,
  /** A plan and its steps as they will run, as JSON text, bytes. The record that accepts them has to fit a message. */
  acceptedBytes: 232 * 1024,
  /** The facts of one record, as JSON text, bytes. With what is around them it has to fit a message. */
  recordedBytes: 239 * 1024,
  /** Nesting of JSON, levels. Checked on raw bytes: deeper input overflows stacks further in. */
  jsonDepth: 64,
  /** Steps of one plan. Keeps a decision within milliseconds. */
  stepsPerPlan: 200,
  /** Conflict keys that one plan names besides those of its resources. */
  conflictKeysPerPlan: 20,
  /** One conflict key, characters. What is longer is cut: two resources may share a key, one never has two. */
  conflictKey: 250,
  /** Scopes of one target, and members of one scope. */
  scopesPerTarget: 64,
  membersPerScope: 64,
  /** Attempts that one step's policy can allow. */
  attemptsPerStep: 100,
  /** Mutations that one decision accepts. */
  acceptedPerDecision: 1_000,
  /** Text that people write (reasons, messages), characters. */
  text: 2_000,
  /** Sequence key of an intent, characters. */
  key: 200,
} as const;
