import type { RouterPlan } from '../schemas/router.ts';
import type { Invocation } from './invocation.ts';
import { printable } from './table.ts';

/**
 * A step as an engineer would type it. A command that names its row by id alone says above it which row that is, as a
 * comment of RouterOS; of a row that is not ours also what it was.
 */
export function stepLines(
  { action, row, command, foreign }: RouterPlan['steps'][number],
  { messages: { adopt } }: Invocation,
): readonly string[] {
  const was = foreign === undefined ? '' : wasOf(foreign.was);
  const isNamed = action !== 'created' || foreign !== undefined;
  return [...(isNamed ? [`# ${row}${was === '' ? '' : ` – ${adopt.was(printable(was))}`}`] : []), printable(command)];
}

function wasOf(was: Readonly<Record<string, string>>): string {
  return Object.entries(was)
    .map(([name, value]) => `${name}=${/[\s"]/.test(value) ? JSON.stringify(value) : value}`)
    .join(' ');
}
