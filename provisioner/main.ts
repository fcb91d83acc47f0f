import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import type pino from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import { readPrivateKey } from '../store/keys.ts';
import { acquireLock } from '../store/lock.ts';
import type { PhoneFetch, UnservedPhones } from '../store/phone-ports.ts';
import { openStore, type Store, type StoreOptions } from '../store/sqlite/open.ts';
import { systemClock } from './adapters/clock.ts';
import { openPnpWire } from './adapters/pnp-wire.ts';
import { openSipClient, type SipDeps, type SipOptions } from './adapters/sip/open.ts';
import { Catalogue } from './catalogue.ts';
import { FetchRecord } from './fetch-record.ts';
import { JournalFeed, type PhoneNews } from './journal-feed.ts';
import { ledEnrolment, withinAny } from './led-phones.ts';
import { contentMarker, keyMarker } from './key-mark.ts';
import { openPhoneDoors } from './phone-doors.ts';
import { openEnrolment } from './phone-files.ts';
import { PnpResponder, type OpenPnpWire } from './pnp.ts';
import type { Clock, SipClient } from './ports.ts';
import { Prober } from './prober.ts';
import { registrarsOf } from './registrars.ts';
import { Registrations } from './registrations.ts';
import { RequestRecord } from './request-record.ts';
import { Rotations } from './rotations.ts';
import { Served } from './served.ts';
import {
  certifiedVendorsOf,
  type ConfigReaders,
  needsRestart,
  proberLimitsOf,
  resyncMsOf,
  sagaSettingsOf,
  stepMsOf,
} from './settings.ts';
import { tellStatus } from './status.ts';
import { ToldVersions } from './told-versions.ts';
import { Underway } from './underway.ts';
import { Work } from './work.ts';

/** The store is asked for news this often: 1 µs a question. */
const POLL_MS = 50;
const HOUR_MS = 3_600_000;
/** What is written is so within milliseconds, and thousands of phones are read in a second; a busy store takes some more. */
const STORE_MS = 120_000;

export interface ProvisionerOptions extends ConfigReaders {
  readonly site: string;
  readonly dataDir: string;
  readonly log: pino.Logger;
  readonly signal: AbortSignal;
  readonly config: ProvisionerConfig;
  /** Networks whose phones are told publicUrl, and nothing of their own, by DHCP; none if left out. */
  readonly ledNetworks?: readonly string[];
  /** The process's environment, for systemd's credentials. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What it touches the world with. */
export interface ProvisionerAdapters {
  readonly clock: Clock;
  readonly openStore: (options: StoreOptions) => Pick<Store, 'provisioner' | 'close'>;
  readonly openSipClient: (options: SipOptions, deps: SipDeps) => SipClient;
  readonly openPnpWire: OpenPnpWire;
}

const ADAPTERS: ProvisionerAdapters = { clock: systemClock, openStore, openSipClient, openPnpWire };

export interface RunningProvisioner {
  /** Where it listens for phones. */
  readonly url: string;
  /** Ends everything; resolves when server, SIP stack, store and lock are closed. */
  stop(): Promise<void>;
  /** Takes registrars, rotation and probes of a new configuration; says what else needs a restart. */
  reload(config: ProvisionerConfig, ledNetworks?: readonly string[]): Promise<void>;
  /** Resolves when it has stopped; rejects if it failed. */
  readonly done: Promise<void>;
  /** True when the store answers, phones are listened for and everything that was begun advances; rejects when it cannot be read. */
  isHealthy(): Promise<boolean>;
}

/** Starts the provisioner: the only place that knows its adapters. Rejects with `lock-held`, `store-*`, `secret-unreadable`, `listen-failed`. */
export async function startProvisioner(
  options: ProvisionerOptions,
  adapters: ProvisionerAdapters = ADAPTERS,
): Promise<RunningProvisioner> {
  const log = options.log.child({ daemon: 'provisioner' });
  const { clock } = adapters;
  const { lock, store, privateKey } = openAll(options, adapters);
  const db = store.provisioner;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  setMaxListeners(0, signal);
  let { config } = options;
  let registrars = registrarsOf(config.registrars);
  let isLed = withinAny(options.ledNetworks ?? []);
  const catalogueOf = (): Catalogue =>
    new Catalogue({
      publicUrl: options.config.publicUrl,
      registrars: [...registrars.values()],
      certifiedVendors: certifiedVendorsOf(options.config),
      now: () => clock.now(),
    });
  const catalogue = { current: catalogueOf() };
  const closing: (() => Promise<void> | void)[] = [
    () => {
      store.close();
      lock.release();
    },
  ];
  // Each of them, whatever becomes of the others: the lock is given back last.
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log.error({ error: describeError(error) }, 'not closed cleanly');
      }
    }
  };
  try {
    const client = openClient(options, adapters, log);
    closing.push(() => client.close());
    const earlier = await db.refusalsSince(clock.now() - HOUR_MS);
    const prober = new Prober({
      client,
      limits: proberLimitsOf(config),
      ledger: { record: (refusal) => db.recordRefusal(refusal), earlier },
      markOf: keyMarker(privateKey),
      clock,
    });
    const versions = new ToldVersions({ store: db, markOf: contentMarker(privateKey), clock });
    const served = new Served(db, versions, catalogue.current);
    // Read before anything else is: what is committed from now on is news.
    const cursor = await db.head();
    await served.refreshAll();
    await catalogue.current.renderAhead();
    const underway = new Underway(clock);
    const stepMs = (): number => stepMsOf(config);
    const shared = { store: db, prober, served, registrars: () => registrars, clock, underway, stepMs, signal, log };
    const rotations = new Rotations({ ...shared, settings: () => sagaSettingsOf(config) });
    const work = new Work({ ...shared, fetchMs: () => resyncMsOf(config) });
    const registrations = new Registrations({ ...shared, isRotating: (number) => rotations.isRotating(number) });

    const afterFetches = async (fetches: readonly PhoneFetch[]): Promise<void> => {
      await served.afterFetches(fetches);
      rotations.wake();
      work.wake();
      for (const { mac, isWhole } of fetches) {
        const phone = isWhole ? served.phone(mac) : null;
        if (phone !== null) registrations.lookFor(phone);
      }
    };
    const record = new FetchRecord({
      store: {
        recordFetches: async (fetches) => {
          await underway.watchPart('fetches', STORE_MS, () => db.recordFetches(fetches));
          underway
            .watchPart('what fetches change', STORE_MS, () => afterFetches(fetches))
            .catch((error: unknown) => {
              if (!signal.aborted) log.error({ error: describeError(error) }, 'fetches not followed');
            });
        },
      },
      clock,
      random: Math.random,
      log,
    });
    closing.push(() => record.close());
    const requests = new RequestRecord({
      store: {
        recordRequests: (batch) => underway.watchPart('requests', STORE_MS, () => db.recordRequests(batch)),
      },
      clock,
      log,
    });
    closing.push(() => requests.close());
    const onNews = async ({ macs, extensions, isRotation, isWork }: PhoneNews): Promise<void> => {
      // First what phones are served: work that looks at it must find it.
      if (macs.length + extensions.length > 0) await served.refresh({ macs, extensions });
      if (isRotation || (extensions.length > 0 && rotations.isBusy)) await rotations.refresh();
      if (isWork || (extensions.length > 0 && work.isBusy)) await work.refresh();
      // A phone that is awaited may be gone, or have lost the line.
      if (macs.length > 0) rotations.wake();
    };
    const feed = new JournalFeed({
      store: db,
      underway,
      cursor,
      onNews,
      onFailure: (error) => {
        if (!signal.aborted) log.error({ error: describeError(error) }, 'news not followed');
      },
    });
    const follow = async (): Promise<void> => {
      await rotations.refresh();
      await work.refresh();
      await feed.follow(POLL_MS, signal);
    };
    const doors = await openPhoneDoors({
      config,
      options,
      privateKey,
      catalogue: () => catalogue.current,
      catchUp: () => feed.catchUp(),
      now: () => clock.now(),
      log,
      onFetch: (fetch) => {
        record.note(fetch);
      },
      onRequest: (request) => {
        requests.note(request);
      },
      led: {
        isLed: (address) => isLed(address),
        enrolment: (mac) => ledEnrolment(served.phone(mac), config, clock.now()),
      },
    });
    closing.push(() => doors.close());
    const { url, legacyUrl } = doors;

    const pnp = new PnpResponder({
      open: adapters.openPnpWire,
      enrolment: (mac) => openEnrolment(served.phone(mac), config, clock.now()),
      clock,
      newId: () => randomBytes(8).toString('hex'),
      log,
    });
    closing.push(() => pnp.close());
    await pnp.configure(config.pnp);

    const statusStore: Pick<typeof db, 'recordStatus'> = {
      recordStatus: (status) => underway.watchPart('status', STORE_MS, () => db.recordStatus(status)),
    };
    const notServed = (limit: number): UnservedPhones => catalogue.current.unserved(limit);
    const done = Promise.all([
      follow(),
      tellStatus({ store: statusStore, client, url, legacyUrl, notServed, guesses: doors.guesses, clock, signal, log }),
    ])
      .then(
        () => undefined,
        (error: unknown) => {
          if (!signal.aborted) throw error;
        },
      )
      .finally(async () => {
        stopping.abort();
        await Promise.all([rotations.ended(), work.ended(), registrations.ended(), doors.close()]);
        await closeAll();
      });
    return {
      url,
      done,
      async isHealthy() {
        await db.head();
        // Should the poll be what stands still; that it ends is watched as everything else.
        void feed.catchUp();
        const { overdue } = underway;
        if (overdue.length > 0) log.error({ overdue }, 'these do not advance');
        return overdue.length === 0 && doors.takeConnections();
      },
      async stop() {
        stopping.abort();
        await done;
      },
      async reload(next, ledNetworks = []) {
        isLed = withinAny(ledNetworks);
        const keys = needsRestart(config, next);
        if (keys.length > 0) log.warn({ keys }, 'these settings are taken over by a restart only');
        config = { ...next, ...Object.fromEntries(keys.map((key) => [key, config[key as keyof ProvisionerConfig]])) };
        registrars = registrarsOf(config.registrars);
        prober.setLimits(proberLimitsOf(config));
        await pnp.configure(config.pnp);
        const renewed = catalogueOf();
        await served.serveFrom(renewed);
        catalogue.current = renewed;
        rotations.wake();
        work.wake();
        await work.refresh();
      },
    };
  } catch (error) {
    stopping.abort();
    await closeAll();
    throw error;
  }
}

/** The lock first, for the store migrates itself; given back if the store cannot be opened. */
function openAll(
  { dataDir, site, environment }: ProvisionerOptions,
  adapters: ProvisionerAdapters,
): {
  readonly lock: ReturnType<typeof acquireLock>;
  readonly store: ReturnType<ProvisionerAdapters['openStore']>;
  readonly privateKey: ReturnType<typeof readPrivateKey>;
} {
  const lock = acquireLock(dataDir, 'provisioner');
  try {
    const privateKey = readPrivateKey(dataDir, 'provisioner', environment);
    const file = join(dataDir, 'wisp-edge.db');
    return { lock, privateKey, store: adapters.openStore({ file, site, openWith: { provisioner: privateKey } }) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openClient(
  { config, readSecret }: ProvisionerOptions,
  adapters: ProvisionerAdapters,
  log: pino.Logger,
): SipClient {
  const { sip } = config;
  const options = sip.stack === 'embedded' ? sip : { ...sip, secret: readSecret(sip.secret) };
  return adapters.openSipClient(options, { log });
}
