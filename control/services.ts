import type { Secret } from '../schemas/secret.ts';
import type { ControlStore } from '../store/ports.ts';
import type { Api } from './api.ts';
import { CentralContacts } from './central-contact.ts';
import type { Clock } from './clock.ts';
import { EventStreams, STREAM_LIMITS, type StreamLimits } from './event-streams.ts';
import { fingerprintWith } from './fingerprint.ts';
import { openApiOf } from './http/openapi.ts';
import { Intents } from './intents.ts';
import { KeysInProgress } from './keys-in-progress.ts';
import { knownRouters } from './known-routers.ts';
import { Metrics } from './metrics.ts';
import { OperationWaits } from './operation-waits.ts';
import { PhoneIntents } from './phone-intents.ts';
import { ROUTES } from './routes/table.ts';
import { prefixesOf, type Settings } from './settings.ts';
import { Snapshots } from './snapshots.ts';

export interface ServiceDeps {
  readonly site: string;
  readonly version: string;
  readonly store: ControlStore;
  readonly clock: Clock;
  /** A fresh id, for operations, stages and requests. */
  readonly newId: () => string;
  readonly newRotation: () => string;
  /** A fresh token of 128 random bits. */
  readonly newToken: () => Secret;
  /** Keys the stored fingerprints of requests; must outlive restarts. */
  readonly fingerprintKey: Secret;
  /** The present configuration; asked anew for every request, so that a reload needs no restart. */
  readonly settings: () => Settings;
  readonly streamLimits?: StreamLimits;
}

export interface Services {
  readonly api: Api;
  readonly waits: OperationWaits;
  readonly streams: EventStreams;
  readonly contacts: CentralContacts;
  /** To be called after every commit, ours or another's. */
  wake(): void;
  /** Lets waiting requests go and ends streams; new requests are refused from now on. */
  close(): void;
  isClosing(): boolean;
}

/** Everything that routes work with, over one store. */
export function makeServices(deps: ServiceDeps): Services {
  const { store, clock, newId, settings } = deps;
  const fingerprint = fingerprintWith(deps.fingerprintKey);
  const waits = new OperationWaits(store);
  const streams = new EventStreams(store, deps.streamLimits ?? STREAM_LIMITS);
  const keys = new KeysInProgress();
  const wake = (): void => {
    void waits.wake();
    streams.wake();
  };
  const routers = () => knownRouters(store, settings());
  const routerIds = async (): Promise<readonly string[]> =>
    settings().routers?.map((router) => router.id) ?? (await routers()).map((router) => router.id);
  const intents = new Intents({
    store,
    clock,
    newId,
    waits,
    keys,
    fingerprint,
    routers: routerIds,
    onCommit: wake,
  });
  const document = openApiOf(ROUTES, deps.version);
  const api: Api = {
    site: deps.site,
    version: deps.version,
    startedAt: clock.now(),
    clock,
    store,
    intents,
    phoneIntents: new PhoneIntents(intents, store),
    fingerprint,
    newToken: deps.newToken,
    newRotation: deps.newRotation,
    snapshots: new Snapshots({
      store,
      clock,
      newId,
      intents,
      keys,
      onCommit: wake,
      prefixes: () => prefixesOf(settings()),
    }),
    metrics: new Metrics(),
    settings,
    routers,
    routerIds,
    openApi: () => document,
  };
  const closing = new AbortController();
  return {
    api,
    waits,
    streams,
    contacts: new CentralContacts({ store, clock, settings, onCommit: wake }),
    wake,
    close: () => {
      closing.abort();
      waits.close();
      streams.close();
    },
    isClosing: () => closing.signal.aborted,
  };
}
