import type { SubscriberState } from '../../schemas/subscriber.ts';
import { BACKENDS, type Act, type Action, type Beside, type History, type Person, type Setup } from './actions.ts';
import { Draw } from './draw.ts';
import { drawMoment } from './moment.ts';

const SECOND = 1000;
/** A stream of chance of its own: what is drawn here leaves the rest of a seed's history as it was. */
const STREAM = 0xbe51de;
/** Subscribers that a history may have, the newcomers among them. */
const MOST = 30;
/** The pool that sessions and leases are given addresses of; few, so that they pass from hand to hand. */
const POOL = 8;
/** Somebody dials in whom the platform does not know. */
const STRANGER: Person = { id: 'stranger', by: { kind: 'ppp', value: 'stranger' }, declares: false, address: null };

/** Gives a history its back-ends and names, and what happens to them among the other things that happen. */
export function drawBeside({ setup: drawn, actions }: History): History {
  const draw = new Draw(drawn.seed ^ STREAM);
  const routers = drawn.routers.map((router) => ({ ...router, backend: draw.any(BACKENDS) ?? 'web-proxy' }));
  const people = drawPeople(draw);
  const named = (row: SubscriberState): SubscriberState => withName(row, people);
  const setup: Setup = { ...drawn, routers, people, subscribers: drawn.subscribers.map(named) };
  const all = actions.map((action): Action => ({ ...action, act: withNames(action.act, named) }));
  for (let left = draw.whole(3, 10); left > 0; left -= 1) {
    const act = drawAct(draw, setup);
    all.splice(draw.whole(0, all.length), 0, { act, ...drawMoment(draw, setup) });
  }
  return { setup, actions: all };
}

function drawPeople(draw: Draw): readonly Person[] {
  const ids = Array.from({ length: MOST }, (_, at) => at);
  const people = ids.flatMap((at): readonly Person[] => {
    const kind = draw.weighted({ address: 5, ppp: 3, mac: 2 });
    const declares = draw.chance(0.6);
    const address = drawAddress(draw, at);
    if (kind === 'address') return [];
    const value = kind === 'ppp' ? `u${at}` : `aabbcc0000${String(10 + at)}`;
    return [{ id: `s${at}`, by: { kind, value }, declares, address }];
  });
  return [...people, STRANGER];
}

/** Where somebody dials in: an address of the pool, his own, or one that another had; null: he is offline. */
function drawAddress(draw: Draw, at: number): string | null {
  const other = draw.whole(0, MOST - 1);
  switch (draw.weighted({ pool: 5, own: 3, another: 3, prefix: 0.7, offline: 2.5 })) {
    case 'pool':
      return `100.64.3.${draw.whole(1, POOL)}`;
    case 'own':
      return `100.64.1.${10 + at}`;
    case 'another':
      return `100.64.1.${10 + other}`;
    case 'prefix':
      return `100.64.${100 + other}.3`;
    case 'offline':
      return null;
  }
}

function drawAct(draw: Draw, setup: Setup): Act {
  const router = draw.any(setup.routers.map(({ id }) => id)) ?? 'r0';
  const kind = draw.weighted<Exclude<Beside, 'adopt'>>({ moved: 6, backend: 1, 'listener-lost': 1, claim: 1 });
  switch (kind) {
    case 'moved': {
      const who = draw.any(setup.people)?.id ?? STRANGER.id;
      return { kind, who, router, address: drawAddress(draw, Number(who.replace(/\D/g, ''))) };
    }
    case 'backend':
      return { kind, router, backend: draw.any(BACKENDS) ?? 'web-proxy' };
    case 'claim': {
      const ids = setup.subscribers.filter((row) => row.router === router).map(({ id }) => id);
      return { kind, router, ids: draw.some(ids, 0.5).slice(0, MOST) };
    }
    case 'listener-lost':
      return { kind, forMs: draw.whole(1, 120) * SECOND };
  }
}

function withNames(act: Act, named: (row: SubscriberState) => SubscriberState): Act {
  switch (act.kind) {
    case 'put':
      return { ...act, subscriber: named(act.subscriber) };
    case 'snapshot':
      return { ...act, subscribers: act.subscribers.map(named) };
    case 'delta':
      return { ...act, put: act.put.map(named) };
    default:
      return act;
  }
}

function withName(row: SubscriberState, people: readonly Person[]): SubscriberState {
  const person = people.find(({ id }) => id === row.id);
  if (person === undefined) return row;
  const { by, declares } = person;
  return {
    ...row,
    ...(by.kind === 'ppp' ? { ppp: by.value } : { mac: by.value }),
    addresses: declares ? row.addresses : [],
  };
}
