import type { HeldOperation, RouterPlan } from '../../schemas/router.ts';

/** So many held operations are told with commands, and so many commands of each, where not all are asked for. */
const OPERATIONS = 50;
const COMMANDS = 20;
/** And so many held subscribers by name. */
const HELD = 500;

/** A plan that a phone can load: of what is held the numbers are whole, the commands are the first few. */
export function boundPlan(plan: RouterPlan): RouterPlan {
  const { held, heldOperations = [] } = plan;
  return {
    ...plan,
    held: held.slice(0, HELD),
    ...(held.length > HELD ? { heldOmitted: held.length - HELD } : {}),
    ...(plan.heldOperations === undefined ? {} : { heldOperations: heldOperations.map(bounded) }),
  };
}

function bounded(held: HeldOperation, at: number): HeldOperation {
  return withCommands(held, at < OPERATIONS ? COMMANDS : 0);
}

function withCommands(held: HeldOperation, count: number): HeldOperation {
  const rest = Math.max(0, held.commands.length - count);
  return { ...held, commands: held.commands.slice(0, count), omitted: held.omitted + rest };
}
