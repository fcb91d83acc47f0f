import { BACKENDS, type Act, type Action, type History, type Setup } from './actions.ts';
import { Draw } from './draw.ts';
import { drawMoment } from './moment.ts';

const SECOND = 1000;
/** A stream of chance of its own: what is drawn here leaves the rest of a seed's history as it was. */
const STREAM = 0xbe51de;

type Beside = 'backend' | 'listener-lost';

/** Gives a history its back-ends, and what happens to them among the other things that happen. */
export function drawBeside({ setup: drawn, actions }: History): History {
  const draw = new Draw(drawn.seed ^ STREAM);
  const setup: Setup = {
    ...drawn,
    routers: drawn.routers.map((router) => ({ ...router, backend: draw.any(BACKENDS) ?? 'web-proxy' })),
  };
  const all: Action[] = [...actions];
  for (let left = draw.whole(0, 3); left > 0; left -= 1) {
    const act = drawAct(draw, setup);
    all.splice(draw.whole(0, all.length), 0, { act, ...drawMoment(draw, setup) });
  }
  return { setup, actions: all };
}

function drawAct(draw: Draw, setup: Setup): Act {
  const router = draw.any(setup.routers.map(({ id }) => id)) ?? 'r0';
  const kind = draw.weighted<Beside>({ backend: 1, 'listener-lost': 1 });
  switch (kind) {
    case 'backend':
      return { kind, router, backend: draw.any(BACKENDS) ?? 'web-proxy' };
    case 'listener-lost':
      return { kind, forMs: draw.whole(1, 120) * SECOND };
  }
}
