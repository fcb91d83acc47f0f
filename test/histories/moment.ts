import type { Action, Setup } from './actions.ts';
import type { Draw } from './draw.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** When an action strikes, and how long the world goes on after it. */
export function drawMoment(draw: Draw, setup: Pick<Setup, 'routers'>): Omit<Action, 'act'> {
  const thenMs = (() => {
    switch (draw.weighted({ none: 10, instant: 30, moment: 30, while: 25, long: 3 })) {
      case 'none':
        return 1;
      case 'instant':
        return draw.whole(1, 200);
      case 'moment':
        return draw.whole(200, 5 * SECOND);
      case 'while':
        return draw.whole(5 * SECOND, 90 * SECOND);
      case 'long':
        return draw.whole(2 * MINUTE, 15 * MINUTE);
    }
  })();
  if (!draw.chance(0.35)) return { strike: null, thenMs };
  const router = draw.any(setup.routers.map(({ id }) => id)) ?? 'r0';
  return { strike: { router, commands: draw.whole(1, 60) }, thenMs };
}
