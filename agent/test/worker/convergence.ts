import { setMaxListeners } from 'node:events';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { PortalAddress } from '../../../schemas/portal.ts';
import { systemClock } from '../../adapters/clock.ts';
import { routerConnector } from '../../adapters/routeros/connect.ts';
import { applyPlan } from '../../apply.ts';
import { decide } from '../../core/decide.ts';
import type { Decision, DecisionInput } from '../../core/decision.ts';
import type { Wish } from '../../core/desired/live.ts';
import { wantedForwards } from '../../core/garden-forward.ts';
import { NOTHING_AROUND } from '../../core/adopt/state.ts';
import { inForce } from '../../core/in-force.ts';
import type { RouterSettings } from '../../core/settings.ts';
import type { RouterSession } from '../../ports.ts';
import { RouterImage } from '../../image.ts';
import { observe } from '../../observe.ts';
import { SubscriberLocks } from '../../subscriber-locks.ts';
import { Window } from '../../window.ts';
import { PORTAL_ADDRESS, SETTINGS } from './harness.ts';

export const PORTAL_V6 = '2001:db8:ffff::10';
const PORTAL: readonly PortalAddress[] = [PORTAL_ADDRESS, PORTAL_V6].map((address) => ({
  address,
  host: 'clientes.example.net',
  use: 'portal',
  firstSeen: 0,
  lastSeen: 0,
}));
const OPEN = { percent: 100, count: 1_000_000, floor: 1_000_000, siteCount: 1_000_000, windowMinutes: 60 };

const NOT_ADOPTED = { adoption: null, around: NOTHING_AROUND, redirect: null };

/** The decision about a router, with all that a test does not care for left open. */
export function decisionInput(
  wishes: readonly Wish[],
  observed: DecisionInput['observed'],
  over: Partial<DecisionInput> = {},
): DecisionInput {
  return {
    wishes,
    departures: [],
    portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] },
    portalAddresses: PORTAL,
    operations: new Map(),
    admitted: new Set(),
    admittedBefore: { own: [], others: 0 },
    claims: new Set(),
    dropped: new Set(),
    observed,
    settings: inForce(SETTINGS, { observed, ...NOT_ADOPTED }),
    restored: new Set(),
    listener: { kind: 'listening' },
    limits: OPEN,
    now: 1_700_000_000_000,
    ...over,
  };
}

/** A session of its own, as the lab's first user unless others are given. */
export function openSession(router: LabRouter, password = 'edge', user = 'edge'): Promise<RouterSession> {
  return routerConnector('native')(
    {
      id: 'r0',
      host: router.host,
      port: router.port,
      tls: { kind: 'plain' },
      user,
      password: new Secret(password),
    },
    { connectTimeoutMs: 5000, commandTimeoutMs: 5000 },
  );
}

/** Observe, decide, apply, until nothing is left to write. The store and the worker are left out: only the router counts. */
export async function converge(
  session: RouterSession,
  wishes: readonly Wish[],
  passes: number,
  settings: RouterSettings = SETTINGS,
  over: Partial<DecisionInput> = {},
): Promise<{ readonly decision: Decision; readonly passes: number }> {
  const image = new RouterImage();
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  for (let pass = 1; ; pass += 1) {
    const options = {
      settings,
      commandTimeoutMs: 5000,
      expectedRows: 100,
      dialect: null,
      readsSessions: true,
      forwards: wantedForwards({ portal: over.portal ?? null, settings }),
      hadForwards: true,
      hasDnsLists: null,
      wantsPhoneDhcp: settings.phoneDhcp !== undefined,
      hadPhoneDhcp: true,
      routes: null,
      clock: systemClock,
      signal,
    };
    const observed = await observe(session, options);
    image.replace(observed);
    const decision = decide(
      decisionInput(wishes, observed, { settings: inForce(settings, { observed, ...NOT_ADOPTED }), ...over }),
    );
    if (decision.plan.stages.length === 0) return { decision, passes: pass };
    if (pass === passes) throw new Error(`still to do after ${passes} passes: ${JSON.stringify(decision.plan.stages)}`);
    const locks = new SubscriberLocks();
    await applyPlan(decision.plan, { session, image, locks, clock: systemClock, window: new Window(4, 500), signal });
  }
}
