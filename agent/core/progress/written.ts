import type { Step } from '../plan/step.ts';
import type { OpenPart, PartProgress } from './terms.ts';

/** What a plan that was sent to the router came to. */
export interface Sent {
  readonly steps: readonly Step[];
  /** Those of them that the router took. */
  readonly written: ReadonlySet<Step>;
}

/** Subscribers of whom anything of the plan was refused, or not reached. */
export function lackingOf({ steps, written }: Sent): ReadonlySet<string> {
  return new Set(
    steps
      .filter((step) => !written.has(step))
      .flatMap((step) => (step.kind === 'drop-connections' ? step.subscribers : (step.subscriber ?? []))),
  );
}

/**
 * Where operations stand after a plan was sent, of where they would stand had all of it been taken: none is called
 * `applied` of which a row was refused or not reached. One about the whole router needs all of it.
 */
export function onceWritten(
  moves: readonly PartProgress[],
  operations: readonly Pick<OpenPart, 'id' | 'subject'>[],
  sent: Sent,
): readonly PartProgress[] {
  if (sent.steps.every((step) => sent.written.has(step))) return moves;
  const lacking = lackingOf(sent);
  const subjects = new Map(operations.map(({ id, subject }) => [id, subject]));
  return moves.filter(({ id, state }) => {
    if (state !== 'applied') return true;
    const [noun, name = ''] = (subjects.get(id) ?? '').split('/');
    return noun === 'subscriber' && !lacking.has(name);
  });
}
