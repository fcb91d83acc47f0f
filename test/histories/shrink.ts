import type { Action, History } from './actions.ts';

/**
 * A shorter history that still fails: pieces of it are left out, large ones first, as long as `fails` says so and there
 * are tries left.
 */
export async function shrink(
  history: History,
  fails: (shorter: History) => Promise<boolean>,
  tries: number,
): Promise<History> {
  let shortest: readonly Action[] = history.actions;
  let left = tries;
  for (let size = Math.ceil(shortest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < shortest.length && left > 0;) {
      const actions = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      left -= 1;
      if (await fails({ ...history, actions })) shortest = actions;
      else from += size;
    }
  }
  return { ...history, actions: shortest };
}
