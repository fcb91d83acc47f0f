import { commit } from '../../agent/test/worker/wild-router.ts';
import type { Intent } from '../../store/ports.ts';
import type { Act, Action, Event, Instruction, Term } from './actions.ts';
import type { Ask } from './asks.ts';
import type { Tally } from './tally.ts';
import { releases } from './release.ts';
import { rest } from './rest.ts';
import type { World } from './world.ts';

/** Modems dial in again so soon after their router is back. */
const REDIAL_MS = 5000;

/** Does one action and lets the world go on as long as it says. */
export async function perform(world: World, action: Action, tally: Tally): Promise<void> {
  tally.acted(action.act.kind);
  await carryOut(world, action, tally);
  await world.operator.maybeLook();
  for (const watch of world.watches()) watch.glance(`a while after ${action.act.kind}`);
}

async function carryOut(world: World, { act, strike, thenMs }: Action, tally: Tally): Promise<void> {
  if (strike === null || act.kind === 'calm') {
    await doIt(world, act, tally);
    await world.pace.run(thenMs);
    return;
  }
  const struck: Promise<void>[] = [];
  const cancel = world.watch(strike.router).strikeAfter(strike.commands, () => {
    struck.push(doIt(world, act, tally));
  });
  await world.pace.run(thenMs);
  cancel();
  // Nothing was under way to strike into.
  if (struck.length === 0) struck.push(doIt(world, act, tally));
  await Promise.all(struck);
}

async function doIt(world: World, act: Act, tally: Tally): Promise<void> {
  if (isEvent(act)) {
    await happen(world, act, tally);
    return;
  }
  for (const ask of await asksOf(world, act)) await world.ask(ask);
}

function isEvent(act: Act): act is Event {
  return EVENTS.has(act.kind);
}

const EVENTS: ReadonlySet<string> = new Set<Event['kind']>([
  'edit',
  'fault',
  'reboot',
  'upgrade',
  'reset-configuration',
  'link-lost',
  'crash',
  'dns-lost',
  'portal-moved',
  'clock-jump',
  'backend',
  'listener-lost',
  'moved',
  'calm',
]);

async function happen(world: World, event: Event, tally: Tally): Promise<void> {
  const { clock, scale } = world.pace;
  const later = (ms: number, run: () => void): void => {
    clock.at(clock.now() + ms * scale, run);
  };
  const redial = ({ router, downMs }: { readonly router: string; readonly downMs: number }): void => {
    later(downMs + REDIAL_MS, () => {
      world.modems.redial(router);
    });
  };
  switch (event.kind) {
    case 'edit': {
      const watch = world.watch(event.router);
      watch.change(() => {
        commit(watch.lab, event.mischief);
      });
      return;
    }
    case 'fault':
      tally.armed(world.lab(event.router).faults.arm(event.trigger, event.fault), event.fault.kind);
      return;
    case 'reboot':
      world.watch(event.router).change(() => {
        world.lab(event.router).reboot(event.downMs * scale);
      });
      redial(event);
      return;
    case 'upgrade':
      world.watch(event.router).change(() => {
        world.lab(event.router).upgrade('7.24', event.lot, event.downMs * scale);
      });
      redial(event);
      return;
    case 'reset-configuration':
      world.watch(event.router).change(() => {
        world.lab(event.router).resetConfiguration(event.preset, event.downMs * scale);
      }, true);
      redial(event);
      return;
    case 'link-lost':
      // The router goes on; only we cannot reach it.
      await world.watch(event.router).unplug();
      later(event.forMs, () => {
        world.watch(event.router).plugIn();
      });
      return;
    case 'crash':
      world.killAgent();
      later(event.downMs, () => {
        world.startAgent();
      });
      return;
    case 'dns-lost':
      world.isDnsLost = true;
      later(event.forMs, () => {
        world.isDnsLost = false;
      });
      return;
    case 'portal-moved':
      world.movePortal();
      return;
    case 'clock-jump':
      world.jump(Math.round(event.ms * scale));
      return;
    case 'backend':
      world.reconfigure(event.router, event.backend);
      return;
    case 'moved':
      world.move(event.who, world.model.wanted.get(event.who)?.router ?? event.router, event.address);
      return;
    case 'listener-lost':
      world.loseListener();
      later(event.forMs, () => {
        world.listener.free();
      });
      return;
    case 'calm':
      await rest(world, 'midway');
      return;
  }
}

async function asksOf(world: World, act: Instruction): Promise<readonly Ask[]> {
  const one = (intent: Intent): readonly Ask[] => [{ kind: 'intent', intent }];
  switch (act.kind) {
    case 'cut': {
      const { notBefore, notAfter } = termOf(world, act.term);
      const url = act.ownPage ? { url: `https://${world.model.domain}/propio/${act.id}?t=1` } : {};
      return one({ kind: 'cutoff', id: act.id, cutoff: { reason: 'unpaid', ...url, ...notBefore, ...notAfter } });
    }
    case 'restore':
      return one({ kind: 'restore', id: act.id });
    case 'notice': {
      const { start, end } = termOf(world, act.term);
      const value = { text: 'x', ...(act.once ? { once: true } : {}), ...start, ...end };
      return one({ kind: 'notice', id: act.id, notice: act.notice, value });
    }
    case 'notice-end':
      return one({ kind: 'notice-end', id: act.id, notice: act.notice });
    case 'put': {
      const { id, name, router, addresses, autoCut, ppp, mac } = act.subscriber;
      const given = { ...(ppp === undefined ? {} : { ppp }), ...(mac === undefined ? {} : { mac }) };
      const subscriber = { name, router, addresses, ...given, ...(autoCut === undefined ? {} : { autoCut }) };
      return one({ kind: 'put-subscriber', id, subscriber });
    }
    case 'delete':
      return one({ kind: 'delete-subscriber', id: act.id });
    case 'snapshot':
      return [{ kind: 'snapshot', rows: act.subscribers, expectedCuts: act.expectedCuts, ageMs: act.ageMs }];
    case 'empty-snapshot':
      return [{ kind: 'snapshot', rows: [], expectedCuts: null, ageMs: 0 }];
    case 'delta':
      return [{ kind: 'delta', put: act.put, remove: act.remove }];
    case 'storm':
      return act.ids.map((id) => ({ kind: 'intent', intent: { kind: 'cutoff', id, cutoff: { reason: 'storm' } } }));
    case 'release':
      return releases(world, 'acting');
    case 'portal':
      return one({ kind: 'portal', portal: { domain: act.domain, cnameTargets: [], addresses: [], walledGarden: [] } });
    case 'reissue':
      return one({ kind: 'reissue' });
    case 'claim':
      return one({ kind: 'claim', router: act.router, subscribers: act.ids });
    case 'adopt':
      return one({ kind: 'adopt', router: act.router, step: act.step });
    case 'reconcile':
      return one({ kind: 'reconcile', router: act.router });
  }
}

interface Terms {
  readonly notBefore: { notBefore?: string };
  readonly notAfter: { notAfter?: string };
  readonly start: { start?: string };
  readonly end: { end?: string };
}

function termOf(world: World, { fromMs, untilMs }: Term): Terms {
  const at = (ms: number): string => new Date(world.wall() + Math.round(ms * world.pace.scale)).toISOString();
  return {
    notBefore: fromMs === null ? {} : { notBefore: at(fromMs) },
    notAfter: untilMs === null ? {} : { notAfter: at(untilMs) },
    start: fromMs === null ? {} : { start: at(fromMs) },
    end: untilMs === null ? {} : { end: at(untilMs) },
  };
}
