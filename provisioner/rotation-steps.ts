import type { OpenRotation, ProvisionerStore, RotatingExtension, ServedPhone } from '../store/phone-ports.ts';
import type { Registrar } from './core/registrar.ts';
import { isBeforeStaged, type Observation, type PushAnswer, type SagaAction } from './core/rotation/state.ts';
import type { Clock, SipCredential } from './ports.ts';
import type { Prober } from './prober.ts';
import { pushTo } from './push.ts';
import { credentialOf } from './registrars.ts';
import type { Served } from './served.ts';

export interface StepDeps {
  readonly store: Pick<ProvisionerStore, 'fetchesSince' | 'recordRegistrations'>;
  readonly prober: Pick<Prober, 'verify' | 'notify'>;
  readonly served: Pick<Served, 'refresh' | 'phonesOf' | 'wholeSha256s'>;
  readonly clock: Clock;
}

/** Phones that took what is served, and when the last of them did. */
export interface Fetched {
  readonly macs: readonly string[];
  readonly at: number | null;
}

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

/** Which of the awaited phones took the bytes that are served since they are. */
export async function fetchedPhones(
  { store, served }: { readonly store: Pick<ProvisionerStore, 'fetchesSince'>; readonly served: StepDeps['served'] },
  { progress, end }: RotatingExtension,
): Promise<Fetched> {
  const { servedAt } = progress;
  if (servedAt === null || end !== null) return { macs: [], at: null };
  const macs: string[] = [];
  const times: number[] = [];
  for (const [mac, noted] of Object.entries(progress.served)) {
    // What else changed of the phone since then gave its file other bytes; the key in them is the same.
    const sums = new Set([...noted, ...served.wholeSha256s(mac)]);
    const fetches = await store.fetchesSince(mac, servedAt);
    const first = fetches.find(({ isWhole, sha256 }) => isWhole && sums.has(sha256));
    if (first === undefined) continue;
    macs.push(mac);
    times.push(first.at);
  }
  return { macs, at: times.length === 0 ? null : Math.max(...times) };
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
  const isAwaited = ({ mac }: ServedPhone): boolean => mac in progress.served && !fetched.macs.includes(mac);
  const credentials = [rotating.oldKey, rotating.newKey].flatMap((key): readonly SipCredential[] =>
    key === null ? [] : [credentialOf(number, extension, key)],
  );
  const phones = served.phonesOf(number).filter(isAwaited);
  const bindings = progress.before?.bindings ?? [];
  return pushTo(prober, { registrar, number, phones, credentials, bindings, signal });
}
