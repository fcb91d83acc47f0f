import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../store/sqlite/open.ts';
import { systemClock } from '../../adapters/clock.ts';
import { openPnpWire } from '../../adapters/pnp-wire.ts';
import { openSipClient } from '../../adapters/sip/open.ts';
import type { ProvisionerAdapters } from '../../main.ts';
import type { SipClient } from '../../ports.ts';
import type { PhoneFetch, ProvisionerStatus, ProvisionerStore } from '../../../store/phone-ports.ts';
import { MACS, testSite, until, type TestSite } from './site.ts';

const KEY = 'the key of 1001';
/** Longer than anything the provisioner begins may take. */
const DAY_MS = 86_400_000;
/** The waits between its looks are not what is tested: none of them is longer. */
const LONGEST_SLEEP_MS = 20;

/** A part that, once it is at it, does not end before it is released. */
class Stall {
  readonly #released: Promise<void>;
  #isArmed: boolean;
  #release = (): void => undefined;
  /** Whether it is at it. */
  isReached = false;

  constructor(isArmed: boolean) {
    this.#isArmed = isArmed;
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  arm(): void {
    this.#isArmed = true;
  }

  /** It goes on where it stood still. */
  release(): void {
    this.#isArmed = false;
    this.#release();
  }

  /** `work`, but from `arm` on a promise that does not settle before the release. */
  around<Args extends readonly unknown[], Result>(
    work: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result> {
    return (...args) => {
      if (!this.#isArmed) return work(...args);
      this.isReached = true;
      return this.#released.then(() => work(...args));
    };
  }
}

interface Broken {
  /** Stalls as soon as it is started. */
  readonly isArmed?: boolean;
  readonly store?: (store: ProvisionerStore, stall: Stall) => ProvisionerStore;
  readonly client?: (client: SipClient, stall: Stall) => SipClient;
}

interface Sickroom {
  readonly site: TestSite;
  readonly stall: Stall;
  /** Lets the monotonic clock go on by a day. */
  readonly aDayLater: () => void;
}

/** A real provisioner of which one part stalls as soon as the stall is armed. */
async function sickroom({ store: ofStore, client: ofClient, isArmed = false }: Broken): Promise<Sickroom> {
  const stall = new Stall(isArmed);
  const ahead = { ms: 0 };
  const adapters: ProvisionerAdapters = {
    clock: {
      now: () => systemClock.now(),
      monotonic: () => systemClock.monotonic() + ahead.ms,
      sleep: (ms, signal) => systemClock.sleep(Math.min(ms, LONGEST_SLEEP_MS), signal),
    },
    openStore: (options) => {
      const store = openStore(options);
      const provisioner = ofStore?.(store.provisioner, stall) ?? store.provisioner;
      return {
        provisioner,
        close: () => {
          store.close();
        },
      };
    },
    openPnpWire,
    openSipClient: (options, deps) => {
      const client = openSipClient(options, deps);
      return ofClient?.(client, stall) ?? client;
    },
  };
  const site = await testSite({}, adapters);
  onTestFinished(() => {
    stall.release();
  });
  return {
    site,
    stall,
    aDayLater: () => {
      ahead.ms += DAY_MS;
    },
  };
}

const stallingProbe = (client: SipClient, stall: Stall): SipClient => ({
  stack: client.stack,
  readiness: () => client.readiness(),
  probe: stall.around((...args: Parameters<SipClient['probe']>) => client.probe(...args)),
  notify: (...args) => client.notify(...args),
  close: () => client.close(),
});

/** A phone takes its file, as it does when it is switched on. */
async function fetches({ site }: Sickroom): Promise<void> {
  const { url } = await site.enrolled('1001', KEY);
  await (await fetch(`${url}${MACS[0]}.cfg`)).text();
}

test.each<[what: string, Broken, (room: Sickroom) => Promise<unknown>]>([
  [
    'operation ',
    { client: stallingProbe },
    async ({ site, stall }) => {
      await site.extension('1001', KEY);
      stall.arm();
      await site.ask({ kind: 'validate', number: '1001', sipKey: null });
    },
  ],
  [
    'rotation ',
    { client: stallingProbe },
    async ({ site, stall }) => {
      await site.extension('1001', KEY);
      stall.arm();
      await site.rotate({ 1001: 'another key' });
    },
  ],
  [
    'registration ',
    { client: stallingProbe },
    async (room) => {
      room.stall.arm();
      await fetches(room);
      // Released, it has its verdict at once.
      room.site.registrar.setKeys('1001', 'a key that nobody has');
    },
  ],
  [
    'fetches',
    {
      store: (store, stall) => ({
        ...store,
        recordFetches: stall.around((fetches: readonly PhoneFetch[]) => store.recordFetches(fetches)),
      }),
    },
    async (room) => {
      room.stall.arm();
      await fetches(room);
    },
  ],
  [
    'news',
    {
      store: (store, stall) => ({
        ...store,
        entriesAfter: stall.around((after: number, limit: number) => store.entriesAfter(after, limit)),
      }),
    },
    async ({ site, stall }) => {
      stall.arm();
      await site.extension('1001', KEY);
    },
  ],
  [
    'what fetches change',
    {
      store: (store, stall) => ({
        ...store,
        servedPhones: stall.around((which: Parameters<ProvisionerStore['servedPhones']>[0]) =>
          store.servedPhones(which),
        ),
      }),
    },
    async (room) => {
      const { url } = await room.site.enrolled('1001', KEY);
      room.stall.arm();
      await (await fetch(`${url}${MACS[0]}.cfg`)).text();
    },
  ],
  [
    'status',
    {
      isArmed: true,
      store: (store, stall) => ({
        ...store,
        recordStatus: stall.around((status: ProvisionerStatus) => store.recordStatus(status)),
      }),
    },
    () => Promise.resolve(),
  ],
  [
    'open rotations',
    {
      isArmed: true,
      store: (store, stall) => ({ ...store, openRotations: stall.around(() => store.openRotations()) }),
    },
    () => Promise.resolve(),
  ],
  [
    'open work',
    { isArmed: true, store: (store, stall) => ({ ...store, openWork: stall.around(() => store.openWork()) }) },
    () => Promise.resolve(),
  ],
])(
  'a provisioner whose part stalls is healthy at first and sick when that should be over: %s',
  async (what, broken, begin) => {
    const room = await sickroom(broken);
    const { site, stall } = room;
    await begin(room);
    await until('the part stands still', () => stall.isReached);
    expect(await site.provisioner.isHealthy()).toBe(true);
    room.aDayLater();
    expect(await site.provisioner.isHealthy()).toBe(false);
    const told = site.log.filter((line) => line.includes('these do not advance'));
    expect(told.join('')).toContain(`"${what}`);
    stall.release();
    await until('it is well again', () => site.provisioner.isHealthy());
  },
);

test.each<[what: string, (store: ProvisionerStore, fail: () => void) => Partial<ProvisionerStore>]>([
  ['fetches', (store, fail) => ({ recordFetches: (them) => (fail(), store.recordFetches(them)) })],
  ['news', (store, fail) => ({ entriesAfter: (after, limit) => (fail(), store.entriesAfter(after, limit)) })],
  ['open rotations', (store, fail) => ({ openRotations: () => (fail(), store.openRotations()) })],
  ['open work', (store, fail) => ({ openWork: () => (fail(), store.openWork()) })],
])('a provisioner whose part fails for ever is sick, and well when it works again: %s', async (what, brokenOf) => {
  const broken = { isArmed: false, failures: 0 };
  const fail = (): void => {
    if (!broken.isArmed) return;
    broken.failures += 1;
    throw new Error('the store is broken');
  };
  const room = await sickroom({ store: (store) => ({ ...store, ...brokenOf(store, fail) }) });
  const { site } = room;
  const { url } = await site.enrolled('1001', KEY);
  broken.isArmed = true;
  if (what === 'fetches') await (await fetch(`${url}${MACS[0]}.cfg`)).text();
  else if (what === 'open work') await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  else await site.rotate({ 1001: 'another key' });
  await until('it has failed', () => broken.failures > 0);
  await until('it is healthy for now', () => site.provisioner.isHealthy());
  room.aDayLater();
  await until('it is sick', async () => !(await site.provisioner.isHealthy()));
  expect(site.log.filter((line) => line.includes('these do not advance')).join('')).toContain(`"${what}`);
  broken.isArmed = false;
  await site.extension('1002', KEY);
  await until('it is well again', () => site.provisioner.isHealthy());
});

test('a registrar that is a black hole is a verdict after the deadline, and no illness', async () => {
  const room = await sickroom({});
  const { site } = room;
  await site.extension('1001', KEY);
  site.registrar.faults.blackHole();
  const { operation } = await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  await site.untilOperation(operation?.id ?? '', ({ state }) => state === 'verified' || state === 'failed');
  room.aDayLater();
  // What ended in the store a moment ago may have its last lines still to go; what hangs stays overdue.
  await until('it is healthy', () => site.provisioner.isHealthy());
});
