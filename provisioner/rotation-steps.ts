import type { OpenRotation, ProvisionerStore, RotatingExtension } from '../store/phone-ports.ts';
import type { Registrar } from './core/registrar.ts';
import { looksOf } from './core/rotation/looks.ts';
import {
  isBeforeStaged,
  missingPhones,
  type Observation,
  type PushAnswer,
  type SagaAction,
  type SagaState,
} from './core/rotation/state.ts';
import type { Clock } from './ports.ts';
import type { Prober } from './prober.ts';
import { pushTo } from './push.ts';
import { credentialOf } from './registrars.ts';
import type { Served } from './served.ts';

export interface StepDeps {
  readonly store: Pick<ProvisionerStore, 'fetchesSince' | 'recordRegistrations'>;
  readonly prober: Pick<Prober, 'verify' | 'notify'>;
  readonly served: Pick<Served, 'refresh' | 'phonesOf' | 'wholeSha256s' | 'isLeftAlone'>;
  readonly clock: Clock;
}

/** The phones that are waited for, which of them took what is served, and when; and those that cannot be told anything. */
export type Fetched = Pick<SagaState, 'awaited' | 'fetched' | 'leftAlone'>;

/** What a step works on. */
export interface StepPlace {
  readonly rotation: OpenRotation;
  readonly rotating: RotatingExtension;
  readonly registrar: Registrar | null;
  readonly fetched: Fetched;
  readonly signal: AbortSignal;
}

/** Does what an action says, and tells what was seen; null when there was nothing to see yet. */
export async function perform(deps: StepDeps, action: SagaAction, place: StepPlace): Promise<Observation | null> {
  switch (action.kind) {
    case 'decide':
      return { kind: 'decided', decision: action.decision };
    case 'probe':
      return probe(deps, action, place);
    case 'note-served':
      return { kind: 'served', phones: await awaitedPhones(deps, place.rotating.number) };
    case 'push':
      return { kind: 'pushed', answers: await push(deps, place) };
    case 'await-fetch':
    case 'wait':
    case 'none':
      return null;
  }
}

/** A phone that was deleted, or lost the line, is not waited for; which of the others took the bytes that are served since. */
export async function fetchedPhones(
  { store, served }: { readonly store: Pick<ProvisionerStore, 'fetchesSince'>; readonly served: StepDeps['served'] },
  { number, progress, end }: RotatingExtension,
): Promise<Fetched> {
  const { servedAt } = progress;
  const phones = served.phonesOf(number);
  // One that never fetched does not work with us yet: nobody waits for it.
  const working = phones.filter(({ hasFetched }) => hasFetched).map(({ mac }) => mac);
  const leftAlone = working.filter((mac) => served.isLeftAlone(mac, number));
  if (servedAt === null || end !== null) return { awaited: [], fetched: {}, leftAlone };
  const linked = new Set(phones.map(({ mac }) => mac));
  const awaited = Object.entries(progress.served).filter(([mac]) => linked.has(mac));
  const fetched: Record<string, number> = {};
  for (const [mac, noted] of awaited) {
    // What else changed of the phone since then gave its file other bytes; the key in them is the same.
    const sums = new Set([...noted, ...served.wholeSha256s(mac)]);
    const fetches = await store.fetchesSince(mac, servedAt);
    const first = fetches.find(({ isWhole, sha256 }) => isWhole && sums.has(sha256));
    if (first !== undefined) fetched[mac] = first.at;
  }
  return { awaited: awaited.map(([mac]) => mac), fetched, leftAlone };
}

async function probe(
  { prober, store }: StepDeps,
  { key, purpose }: Extract<SagaAction, { kind: 'probe' }>,
  { rotating, registrar, signal }: StepPlace,
): Promise<Observation | null> {
  const secret = key === 'old' ? rotating.oldKey : rotating.newKey;
  if (registrar === null || rotating.extension === null || secret === null) return null;
  const credential = credentialOf(rotating.number, rotating.extension, secret);
  const result = await prober.verify(registrar, credential, { isAskedFor: true, signal });
  // Of the key that phones are given: what it shows is how the extension is.
  const served = isBeforeStaged(rotating.step) || rotating.progress.isRollingBack ? 'old' : 'new';
  if (key === served && result.kind === 'verdict') {
    const { answeredAt: at, verdict, bindings } = result;
    await store.recordRegistrations([{ number: rotating.number, at, verdict, bindings }]);
  }
  return { kind: 'probed', key, purpose, result };
}

/** The files are rendered anew; phones that never fetched are not waited for, for they do not work with us yet. */
async function awaitedPhones({ served }: StepDeps, number: string): Promise<Record<string, readonly string[]>> {
  await served.refresh({ macs: [], extensions: [number] });
  const working = served.phonesOf(number).filter(({ hasFetched }) => hasFetched);
  return Object.fromEntries(
    working.map(({ mac }) => [mac, served.wholeSha256s(mac)] as const).filter(([, sums]) => sums.length > 0),
  );
}

async function push(
  { prober, served }: StepDeps,
  { rotating, registrar, fetched, signal }: StepPlace,
): Promise<readonly PushAnswer[]> {
  const { number, extension, progress } = rotating;
  if (registrar === null || extension === null) return [];
  const missing = new Set(missingPhones(fetched));
  const keys = [...rotating.keptKeys, rotating.oldKey, rotating.newKey].filter((key) => key !== null);
  const credentials = keys.map((key) => credentialOf(number, extension, key));
  const phones = served.phonesOf(number).filter(({ mac }) => missing.has(mac));
  const bindings = looksOf(progress).at(-1)?.bindings ?? [];
  return pushTo(prober, { registrar, number, phones, credentials, bindings, signal });
}
