import type { PhoneLine, PhoneModel } from './model.ts';

/**
 * What a file says of every line that a dialect has names for, the first one first. `cleared` has the text that clears each,
 * made once: it is the same in all files, and a boot storm after a restart renders thousands. A line that is kept is not
 * spoken of, and so is one that the model does not name. `position` counts from 1.
 */
export function sayOfLines(
  { slots }: PhoneModel,
  cleared: readonly string[],
  say: (line: PhoneLine, position: number) => readonly string[],
): readonly string[] {
  return cleared.flatMap((clear, at): readonly string[] => {
    const slot = slots[at] ?? { kind: 'keep' };
    switch (slot.kind) {
      case 'keep':
        return [];
      case 'clear':
        return [clear];
      case 'line':
        return say(slot.line, at + 1);
    }
  });
}
