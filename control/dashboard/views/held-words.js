/**
 * @import { HeldCommand, HeldOperation } from '../../../schemas/held-operation.ts'
 * @import { Words } from '../texts/en.js'
 */
import { fill } from '../texts/words.js';

/**
 * What a command does to its row. A `set` is one of `+` too, and adds nothing.
 *
 * @param {Pick<HeldCommand, 'sign' | 'command'>} line
 * @returns {'added' | 'changed' | 'removed'}
 */
export function effectOfCommand({ sign, command }) {
  if (sign === '-') return 'removed';
  return /^\/[a-z0-9 -]+ set /.test(command) ? 'changed' : 'added';
}

/**
 * How somebody takes back what is held; null where nothing but its reason ends it.
 *
 * @param {Pick<HeldOperation, 'kind' | 'cut'>} held
 * @param {string} router
 * @param {Pick<Words['held'], 'withdrawCut' | 'withdrawSnapshot' | 'withdrawAdopt'>} words
 * @returns {string | null}
 */
export function withdrawal({ kind, cut }, router, words) {
  const [subscriber] = cut.first;
  switch (kind) {
    case 'cutoff':
      return cut.count === 1 && subscriber !== undefined ? fill(words.withdrawCut, { subscriber }) : null;
    case 'desired-state':
      return words.withdrawSnapshot;
    case 'adopt':
      return fill(words.withdrawAdopt, { router });
    default:
      return null;
  }
}
