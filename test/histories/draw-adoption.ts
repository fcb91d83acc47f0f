import { wisphubDesiredState } from '../../agent/test/adopt/wisphub-site.ts';
import type { AdoptStep } from '../../schemas/adoption.ts';
import { NOTICE_KINDS, type SubscriberState } from '../../schemas/subscriber.ts';
import { BACKENDS, type Act, type Action, type History, type Setup } from './actions.ts';
import { Draw } from './draw.ts';
import { foresee } from './foresee.ts';
import { drawFault } from './mischief.ts';
import { Model } from './model.ts';
import { drawMoment } from './moment.ts';
import { FIRST_DOMAIN } from './places.ts';

const SECOND = 1000;
/** A stream of chance of its own: who has no such router keeps the history he had. */
const STREAM = 0xad097;
/** So many of the sites have a router that WispHub set up. */
const SHARE = 0.08;
/** Of what else happens on such a site so much is left out: a history takes as long as another. */
const LEFT_OUT = 0.5;
const ROUTER = 'w0';

const WEIGHTS = {
  adopt: 5,
  cut: 2.5,
  restore: 4,
  notice: 1,
  'notice-end': 0.5,
  delta: 1,
  fault: 2,
  reboot: 0.5,
  'link-lost': 1,
  crash: 1.5,
  calm: 0.4,
} as const satisfies Partial<Record<Act['kind'], number>>;

/** Which step is asked for after which; now and then one that is out of its order. */
const NEXT: Readonly<Record<AdoptStep | 'none', Readonly<Record<AdoptStep, number>>>> = {
  none: { claim: 9, manage: 0.5, 'hand-back': 0.5 },
  claim: { claim: 0.7, manage: 8, 'hand-back': 1 },
  manage: { claim: 0.3, manage: 1.5, 'hand-back': 6 },
  'hand-back': { claim: 6, manage: 2, 'hand-back': 1 },
};

/** Gives some sites a router that WispHub set up, with its clients, and takes it over and gives it back among the rest. */
export function drawAdoption(history: History): History {
  const draw = new Draw(history.setup.seed ^ STREAM);
  if (!draw.chance(SHARE)) return history;
  const setup = withWisphub(draw, history.setup);
  const model = new Model(FIRST_DOMAIN);
  model.snapshot(setup.subscribers, 0);
  const kept = draw.some(history.actions, LEFT_OUT);
  const moments = new Set(Array.from({ length: draw.whole(12, 18) }, () => draw.whole(0, kept.length)));
  const moment = (): Omit<Action, 'act'> => drawMoment(draw, { routers: setup.routers.filter(isWisphubs) });
  const drawn: { step: AdoptStep | 'none' } = { step: 'none' };
  const actions: Action[] = [];
  const push = (action: Action): void => {
    foresee(model, action.act, actions.length + 1);
    actions.push(action);
  };
  for (let at = 0; at <= kept.length; at += 1) {
    for (let count = moments.has(at) ? draw.whole(1, 2) : 0; count > 0; count -= 1)
      push({ act: drawAct(draw, model, drawn), ...moment() });
    const action = kept[at];
    if (action !== undefined) push({ ...action, act: withClients(draw, action.act, model) });
  }
  return { setup, actions };
}

/** This router begins with WispHub's rules. */
export function isWisphubs({ preset }: Pick<Setup['routers'][number], 'preset'>): boolean {
  return preset === 'wisphub';
}

function withWisphub(draw: Draw, setup: Setup): Setup {
  const router = {
    id: ROUTER,
    version: draw.one(['6.49', '7.16', '7.24', '7.24']),
    preset: 'wisphub',
    driver: draw.one(['native', 'node-routeros']),
    backend: draw.chance(0.7) ? BACKENDS[0] : BACKENDS[1],
    phones: false,
  } satisfies Setup['routers'][number];
  const clients = wisphubDesiredState().map((row): SubscriberState => {
    const here = { ...row, router: ROUTER };
    return draw.chance(0.12) ? altered(draw, here) : here;
  });
  return { ...setup, routers: [...setup.routers, router], subscribers: [...setup.subscribers, ...clients] };
}

/** He pays before anybody takes the router over, or is cut by us first. */
function altered(draw: Draw, row: SubscriberState): SubscriberState {
  switch (draw.weighted({ cut: 2, open: 3, notice: 1 })) {
    case 'cut':
      return { ...row, cutoff: { reason: 'unpaid' } };
    case 'open':
      return { ...row, cutoff: null };
    case 'notice':
      return { ...row, notices: { [draw.one(NOTICE_KINDS)]: { text: 'x' } } };
  }
}

function drawAct(draw: Draw, model: Model, drawn: { step: AdoptStep | 'none' }): Act {
  const kind = draw.weighted(WEIGHTS);
  const clients = clientsOf(model);
  const id = draw.any(clients)?.id ?? '1011';
  const cut = clients.filter(({ cutoff }) => (cutoff ?? null) !== null);
  const term = { fromMs: null, untilMs: draw.chance(0.1) ? draw.whole(1, 600) * SECOND : null };
  switch (kind) {
    case 'adopt':
      drawn.step = draw.weighted(NEXT[drawn.step]);
      return { kind, router: ROUTER, step: drawn.step };
    case 'cut':
      return { kind, id, term, ownPage: draw.chance(0.15) };
    case 'restore':
      return { kind, id: draw.any(cut)?.id ?? id };
    case 'notice':
      return { kind, id, notice: draw.one(NOTICE_KINDS), term, once: draw.chance(0.3) };
    case 'notice-end':
      return { kind, id, notice: draw.one(NOTICE_KINDS) };
    case 'delta': {
      const put = draw.some(clients, 0.15).map((row) => altered(draw, row));
      const remove = draw.some(clients, 0.03).map((row) => row.id);
      return { kind, put: put.filter((row) => !remove.includes(row.id)), remove };
    }
    case 'fault':
      return { kind, router: ROUTER, ...drawFault(draw) };
    case 'reboot':
      return { kind, router: ROUTER, downMs: draw.whole(0, 40) * SECOND };
    case 'link-lost':
      return { kind, router: ROUTER, forMs: draw.whole(1, 200) * SECOND };
    case 'crash':
      return { kind, downMs: draw.whole(1, 20) * SECOND };
    case 'calm':
      return { kind };
  }
}

/** A snapshot is about everybody: about the clients of this router, too. */
function withClients(draw: Draw, act: Act, model: Model): Act {
  if (act.kind !== 'snapshot') return act;
  const share = draw.one([0, 0.05, 0.2]);
  const clients = draw.some(clientsOf(model), 0.97).map((row) => (draw.chance(share) ? altered(draw, row) : row));
  const subscribers = [...act.subscribers, ...clients];
  const cuts = subscribers.filter(({ cutoff }) => (cutoff ?? null) !== null).length;
  return { ...act, subscribers, expectedCuts: act.expectedCuts === null ? null : cuts };
}

function clientsOf(model: Model): readonly SubscriberState[] {
  return model.rows().filter(({ router }) => router === ROUTER);
}
