import { onTestFinished, test } from 'vitest';
import type { Act, History } from './actions.ts';
import { generate } from './generate.ts';
import { play, Shelf } from './play.ts';
import { fail, print } from './suite.ts';
import { Tally } from './tally.ts';

const HISTORIES = process.env['HISTORY_SEED'] === undefined ? Number(process.env['HISTORIES_REAL'] ?? 100) : 1;
const FROM = Number(process.env['HISTORY_SEED'] ?? process.env['HISTORY_FROM'] ?? 1);
/** Side by side: they mostly wait. */
const AT_ONCE = 16;
/** The portal is asked for again after half a minute at the soonest: no test waits for that. */
const SLOW: ReadonlySet<string> = new Set<Act['kind']>(['dns-lost', 'portal-moved']);

test(
  `I1 I2 I3 I4 I5 I6 I7 I8: the promises hold in ${HISTORIES} random histories over real sockets and files`,
  { timeout: 900_000 },
  async () => {
    const shelf = new Shelf('disk');
    onTestFinished(() => {
      shelf.remove();
    });
    const tally = new Tally();
    const seeds = Array.from({ length: HISTORIES }, (_, at) => FROM + at);
    const waiting = seeds.map(quick);
    const from = performance.now();
    const work = async (): Promise<void> => {
      for (let history = waiting.shift(); history !== undefined; history = waiting.shift()) {
        const violations = await play(history, shelf, tally, 'real');
        if (violations.length === 0) continue;
        waiting.length = 0;
        fail(history, violations, []);
      }
    };
    // Those beside a broken one come to their end first: their files are on the shelf.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    print('real sockets and files', seeds, tally, performance.now() - from);
  },
);

function quick(seed: number): History {
  const { setup, actions } = generate(seed);
  return { setup, actions: actions.filter(({ act }) => !SLOW.has(act.kind)) };
}
