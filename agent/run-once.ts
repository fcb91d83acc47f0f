import { setMaxListeners } from 'node:events';
import type { RouterPlan } from '../schemas/router.ts';
import { RouterImage } from './image.ts';
import type { NoticeDesk } from './ports.ts';
import { planOnly, runPass } from './pass.ts';
import type { PassDeps } from './pass-deps.ts';
import { PassMemory } from './pass-memory.ts';
import { SubscriberLocks } from './subscriber-locks.ts';
import type { WorkerDeps } from './worker-deps.ts';

export type OnceMode = 'plan' | 'apply';

/** So many passes at most bring a router to where it should be; what is left then is in the plan returned. */
const PASSES = 6;

/** What one run left to do, and what it did. */
export interface OnceResult {
  readonly plan: RouterPlan;
  /** The steps of every pass that wrote, in order; none for `plan`. */
  readonly done: RouterPlan['steps'];
}
/** A look beside a running agent does not know how its page server is. */
const UNKNOWN_DESK: NoticeDesk = {
  listener: () => ({ kind: 'unknown' }),
  strangeSources: () => [],
  publish: () => undefined,
  confirm: () => undefined,
  rivals: () => [],
};

/** Looks at one router, or brings it to where it should be, over one session. Rejects with `router-*` errors. */
export async function runOnce(deps: WorkerDeps, mode: OnceMode, signal: AbortSignal): Promise<OnceResult> {
  const { commandTimeoutMs } = deps;
  // Every command in flight listens to it.
  setMaxListeners(0, signal);
  const session = await deps.connect(deps.target, { connectTimeoutMs: commandTimeoutMs, commandTimeoutMs, signal });
  const passDeps: PassDeps = {
    settings: deps.settings,
    limits: deps.limits,
    portal: deps.portal,
    commandTimeoutMs,
    store: deps.store,
    session,
    image: new RouterImage(),
    locks: new SubscriberLocks(),
    clock: deps.clock,
    signal,
    dialect: null,
    siteRouters: deps.siteRouters(),
    desk: deps.desk,
    central: deps.central,
    dropped: new Set(),
    memory: new PassMemory(),
    shown: { isWisphub: true },
    notices: mode === 'plan' ? UNKNOWN_DESK : undefined,
  };
  try {
    if (mode === 'plan') return { plan: await planOnly(passDeps), done: [] };
    const done: RouterPlan['steps'] = [];
    for (let turn = 1; ; turn += 1) {
      const planned: RouterPlan[] = [];
      const { written, again } = await runPass({ ...passDeps, onPlan: (plan) => planned.push(plan) });
      const [plan] = planned;
      if (plan === undefined) throw new TypeError('a pass told no plan');
      if (written > 0) done.push(...plan.steps);
      if (!again || turn === PASSES) return { plan, done };
    }
  } finally {
    await session.close();
  }
}
