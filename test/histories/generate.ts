import type { SubscriberState } from '../../schemas/subscriber.ts';
import { NOTICE_KINDS } from '../../schemas/subscriber.ts';
import type { Act, Action, Beside, History, Setup, Term } from './actions.ts';
import { drawBeside } from './beside.ts';
import { drawAdoption } from './draw-adoption.ts';
import { drawPhones } from './draw-phones.ts';
import { Draw } from './draw.ts';
import { foresee } from './foresee.ts';
import { drawFault, drawMischief } from './mischief.ts';
import { Model } from './model.ts';
import { drawMoment } from './moment.ts';
import { FIRST_DOMAIN, PORTALS } from './places.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const WIDE = { percent: 100, count: 1_000_000, floor: 1_000_000, siteCount: 1_000_000, windowMinutes: 60 };
const TIGHT = { percent: 1, count: 200, floor: 4, siteCount: 6, windowMinutes: 60 };
const FOREVER: Term = { fromMs: null, untilMs: null };

/** All kinds but those that are drawn beside. */
type Drawn = Exclude<Act['kind'], Beside>;

/** What is drawn how often. */
const WEIGHTS: Readonly<Record<Drawn, number>> = {
  cut: 16,
  restore: 13,
  notice: 8,
  'notice-end': 4,
  put: 6,
  delete: 2,
  snapshot: 3,
  'empty-snapshot': 0.5,
  delta: 3,
  storm: 2,
  release: 1,
  portal: 1,
  reissue: 0.5,
  reconcile: 1,
  edit: 12,
  fault: 14,
  reboot: 2,
  upgrade: 1.5,
  'reset-configuration': 1,
  'link-lost': 2,
  crash: 4,
  'dns-lost': 0.7,
  'portal-moved': 0.5,
  'clock-jump': 1,
  calm: 1.5,
};

/** The history of a seed: the same seed, the same history. */
export function generate(seed: number): History {
  const draw = new Draw(seed);
  const setup = drawSetup(seed, draw);
  // What would be wanted if all were accepted: so that snapshots and deltas are about people there are.
  const model = new Model(FIRST_DOMAIN);
  model.snapshot(setup.subscribers, 0);
  const upgradable = new Set(setup.routers.filter(({ version }) => version !== '7.24').map(({ id }) => id));
  const actions: Action[] = [];
  const count = draw.whole(30, 34);
  while (actions.length < count) {
    const act = drawAct(draw, setup, model, upgradable);
    if (act === null) continue;
    if (act.kind === 'upgrade') upgradable.delete(act.router);
    foresee(model, act, actions.length + 1);
    actions.push({ act, ...drawMoment(draw, setup) });
  }
  return drawPhones(drawAdoption(drawBeside({ setup, actions })));
}

function drawSetup(seed: number, draw: Draw): Setup {
  const ids = draw.chance(0.35) ? ['r0', 'r1'] : ['r0'];
  const routers = ids.map((id) => ({
    id,
    version: draw.one(['6.49', '6.49', '7.16', '7.24']),
    preset: draw.one(['home', 'empty']),
    driver: draw.one(['native', 'node-routeros']),
    // Drawn beside; the chance it took here goes on being spent, so that seeds keep their histories.
    backend: draw.one(['web-proxy']),
    phones: false,
  })) satisfies Setup['routers'];
  const subscribers = Array.from({ length: draw.whole(20, 22) }, (_, at): SubscriberState => {
    const isCut = draw.chance(0.2);
    return {
      id: `s${at}`,
      name: `Sub s${at}`,
      router: draw.any(ids) ?? 'r0',
      addresses: drawAddresses(draw, at),
      ...(draw.chance(0.04) ? { autoCut: false } : {}),
      ...(isCut ? { cutoff: { reason: 'unpaid' } } : {}),
      ...(!isCut && draw.chance(0.15) ? { notices: { custom: { text: 'x' } } } : {}),
    };
  });
  return {
    seed,
    routers,
    brake: draw.chance(0.25) ? TIGHT : WIDE,
    reconcileEveryMs: draw.one([4 * MINUTE, 10 * MINUTE]),
    subscribers,
    people: [],
  };
}

/** One to three addresses out of those that only this subscriber ever has. */
function drawAddresses(draw: Draw, at: number): string[] {
  const own = [
    `100.64.1.${10 + at}`,
    `100.64.2.${10 + at}`,
    `100.64.${100 + at}.0/29`,
    `2001:db8:64:1::${(10 + at).toString(16)}`,
    `2001:db8:64:${100 + at}::/64`,
  ];
  const chosen = draw.some(own, 0.35).slice(0, 3);
  return chosen.length > 0 ? chosen : [`100.64.1.${10 + at}`];
}

function drawTerm(draw: Draw): Term {
  if (draw.chance(0.7)) return FOREVER;
  const fromMs = draw.chance(0.6) ? draw.whole(-MINUTE, 5 * MINUTE) : null;
  return { fromMs, untilMs: draw.chance(0.6) ? Math.max(0, fromMs ?? 0) + draw.whole(SECOND, 10 * MINUTE) : null };
}

function drawAct(draw: Draw, setup: Setup, model: Model, upgradable: ReadonlySet<string>): Act | null {
  const kind = draw.weighted(WEIGHTS);
  const ids = [...model.wanted.keys()];
  const id = draw.any(ids) ?? 's0';
  const router = draw.any(setup.routers.map((one) => one.id)) ?? 'r0';
  const cut = ids.filter((one) => (model.wanted.get(one)?.cut ?? null) !== null);
  switch (kind) {
    case 'cut':
      return { kind, id, term: drawTerm(draw), ownPage: draw.chance(0.15) };
    case 'restore':
      return { kind, id: draw.chance(0.85) ? (draw.any(cut) ?? id) : id };
    case 'notice':
      return { kind, id, notice: draw.one(NOTICE_KINDS), term: drawTerm(draw), once: draw.chance(0.3) };
    case 'notice-end':
      return { kind, id, notice: draw.one(NOTICE_KINDS) };
    case 'put':
      return { kind, subscriber: drawSubscriber(draw, setup, draw.chance(0.1) ? `s${draw.whole(25, 29)}` : id) };
    case 'delete':
      return { kind, id };
    case 'snapshot':
      return drawSnapshot(draw, setup, model);
    case 'delta': {
      const put = draw.some(model.rows(), 0.12).map((row) => altered(draw, setup, row));
      return { kind, put, remove: draw.some(ids, 0.03).filter((one) => put.every((row) => row.id !== one)) };
    }
    case 'storm':
      return { kind, ids: draw.some(ids, 0.5) };
    case 'portal':
      return { kind, domain: draw.any([...PORTALS.keys()]) ?? FIRST_DOMAIN };
    case 'reconcile':
      return { kind, router };
    case 'edit':
      return { kind, router, mischief: drawMischief(draw, model) };
    case 'fault':
      return { kind, router, ...drawFault(draw) };
    case 'reboot':
      return { kind, router, downMs: draw.whole(0, 40) * SECOND };
    case 'upgrade':
      return upgradable.has(router)
        ? { kind, router, lot: draw.one(['kept', 'lost']), downMs: draw.whole(1, 60) * SECOND }
        : null;
    case 'reset-configuration':
      return { kind, router, preset: draw.one(['home', 'empty']), downMs: draw.whole(1, 30) * SECOND };
    case 'link-lost':
      return { kind, router, forMs: draw.whole(1, 200) * SECOND };
    case 'crash':
      return { kind, downMs: draw.chance(0.6) ? draw.whole(1, 3) * SECOND : draw.whole(3, 120) * SECOND };
    case 'dns-lost':
      return { kind, forMs: draw.whole(10, 600) * SECOND };
    case 'clock-jump':
      return { kind, ms: draw.chance(0.7) ? draw.whole(1, 120) * MINUTE : -draw.whole(1, 600) * SECOND };
    case 'empty-snapshot':
    case 'release':
    case 'reissue':
    case 'portal-moved':
    case 'calm':
      return { kind };
  }
}

/** Moved to another address, or to another router, or as he was. */
function drawSubscriber(draw: Draw, setup: Setup, id: string): SubscriberState {
  return {
    id,
    name: `Sub ${id}`,
    router: draw.any(setup.routers.map((one) => one.id)) ?? 'r0',
    addresses: drawAddresses(draw, Number(id.slice(1))),
  };
}

function altered(draw: Draw, setup: Setup, row: SubscriberState): SubscriberState {
  switch (draw.weighted({ cut: 3, open: 3, move: 2, notice: 2 })) {
    case 'cut':
      return { ...row, cutoff: { reason: draw.one(['unpaid', 'again']) } };
    case 'open':
      return { ...row, cutoff: null };
    case 'move':
      return { ...row, ...drawSubscriber(draw, setup, row.id) };
    case 'notice':
      return { ...row, notices: { [draw.one(NOTICE_KINDS)]: { text: 'x' } } };
  }
}

function drawSnapshot(draw: Draw, setup: Setup, model: Model): Act {
  const share = draw.one([0.05, 0.15, 0.5]);
  const rows = draw.some(model.rows(), 0.98).map((row) => (draw.chance(share) ? altered(draw, setup, row) : row));
  const [first, second] = [draw.any(rows), draw.any(rows)];
  const isDouble = draw.chance(0.12) && first !== undefined && second !== undefined && first.id !== second.id;
  const subscribers = isDouble
    ? rows.map((row) =>
        row.id === second.id ? { ...row, router: first.router, addresses: [...first.addresses] } : row,
      )
    : rows;
  const cuts = subscribers.filter(({ cutoff }) => (cutoff ?? null) !== null).length;
  return {
    kind: 'snapshot',
    subscribers,
    expectedCuts: draw.chance(0.3) ? cuts : null,
    ageMs: draw.chance(0.3) ? draw.whole(1, 120) * SECOND : 0,
  };
}
