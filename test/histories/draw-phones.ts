import { DHCP_HARMS } from '../../agent/test/worker/wild-router.ts';
import type { Act, Action, History } from './actions.ts';
import { Draw } from './draw.ts';
import { isWisphubs } from './draw-adoption.ts';
import { drawMoment } from './moment.ts';

/** A stream of chance of its own: whose routers tell no phones keeps the history he had. */
const STREAM = 0xd4c966;
/** So many routers tell the phones of a network where to ask. */
const SHARE = 0.3;

/** Lets some routers tell phones where to ask, and people edit the DHCP server there. */
export function drawPhones({ setup: drawn, actions }: History): History {
  const draw = new Draw(drawn.seed ^ STREAM);
  const routers = drawn.routers.map((router) => ({ ...router, phones: !isWisphubs(router) && draw.chance(SHARE) }));
  const setup = { ...drawn, routers };
  const telling = routers.filter(({ phones }) => phones).map(({ id }) => id);
  const all: Action[] = [...actions];
  for (let left = telling.length === 0 ? 0 : draw.whole(2, 5); left > 0; left -= 1) {
    const mischief = { do: 'dhcp', harm: draw.one(DHCP_HARMS), pick: draw.whole(0, 99) } as const;
    const act: Act = { kind: 'edit', router: draw.any(telling) ?? 'r0', mischief };
    const place = draw.whole(0, all.length);
    const { strike, thenMs } = drawMoment(draw, setup);
    all.splice(place, 0, { act, strike: isUnseen(mischief.harm) ? null : strike, thenMs });
  }
  return { setup, actions: all };
}

/**
 * What a person writes into his network between our last look at it and our own word there, one round trip later, is lost:
 * RouterOS has no "set if". So these come between two commands by chance only, and not aimed there.
 */
function isUnseen(harm: (typeof DHCP_HARMS)[number]): boolean {
  return harm === 'own-set' || harm === 'own-option';
}
