import type { OperationReason } from '../schemas/operation.ts';
import type { PhoneFetch, PhoneWork, ServedLine, ServedPhone } from '../store/phone-ports.ts';
import type { PushAnswer } from './core/rotation/state.ts';
import { pushTo } from './push.ts';
import { credentialOf } from './registrars.ts';
import type { WorkDeps, WorkTurn } from './work-turn.ts';

type Resync = Extract<PhoneWork, { kind: 'resync' }>;

export interface ResyncMemory {
  /** When the phone was told; null: not yet by this process. */
  pushedAt: number | null;
}

/**
 * Tells a phone to fetch, and waits for its own GET: only that proves it. Told again after a crash, which does no harm;
 * a fetch since the request counts.
 */
export async function runResync(deps: WorkDeps, work: Resync, memory: ResyncMemory): Promise<WorkTurn> {
  const { store, served, clock, fetchMs } = deps;
  const { operation: id, mac, acceptedAt } = work;
  const fail = async (reason: OperationReason, evidence: Readonly<Record<string, unknown>>): Promise<WorkTurn> => {
    await store.advanceWork(clock.now(), [{ id, state: 'failed', reason, evidence }]);
    return { kind: 'ended' };
  };
  const phone = served.phone(mac);
  if (phone === null) return fail('unknown-phone', {});
  const fetch = (await store.fetchesSince(mac, acceptedAt)).at(-1);
  if (fetch !== undefined) {
    await store.advanceWork(clock.now(), [{ id, state: 'verified', evidence: evidenceOf(fetch) }]);
    return { kind: 'ended' };
  }
  if (isAllLeftAlone(deps, phone)) return fail('phone-not-served', { mac });
  if (memory.pushedAt === null) {
    const answers = await tell(deps, phone);
    memory.pushedAt = clock.now();
    const notify = { notify: answers };
    if (answers.some(({ kind }) => kind === 'received')) {
      await store.advanceWork(clock.now(), [{ id, state: 'applied', evidence: notify }]);
    } else if (answers.length === 0) {
      // Nobody could be asked to pass it on.
      return fail(phone.lines.length === 0 ? 'phone-not-registered' : 'unknown-registrar', {});
    } else if (answers.every(({ kind }) => kind === 'not-registered')) {
      return fail('phone-not-registered', notify);
    }
    // It may have fetched while we told it.
    return { kind: 'wait', until: clock.now() };
  }
  const until = memory.pushedAt + fetchMs();
  return clock.now() < until ? { kind: 'wait', until } : fail('phone-silent', { mac });
}

/** It could be told to fetch, and there is no file with a line for it. */
function isAllLeftAlone({ served, registrars }: WorkDeps, { mac, lines }: ServedPhone): boolean {
  const canBeTold = lines.some(({ extension }) => registrars().has(extension.registrar));
  return canBeTold && lines.every(({ number }) => served.isLeftAlone(mac, number));
}

/** By each of its lines until one takes it: the phone is one, whichever line brings the word. */
async function tell(deps: WorkDeps, phone: ServedPhone): Promise<readonly PushAnswer[]> {
  const answers: PushAnswer[] = [];
  for (const line of phone.lines) {
    answers.push(...(await tellBy(deps, phone, line)));
    if (answers.some(({ kind }) => kind === 'received')) break;
  }
  return answers;
}

async function tellBy(
  { store, prober, registrars, signal }: WorkDeps,
  phone: ServedPhone,
  { number, extension, key }: ServedLine,
): Promise<readonly PushAnswer[]> {
  const registrar = registrars().get(extension.registrar);
  if (registrar === undefined) return [];
  // A phone that missed a rotation, or is in the midst of one, still has a key from before: that comes first.
  const keys = [...(await store.formerKeys(number)), ...(key === null ? [] : [key])];
  const credentials = keys.map((one) => credentialOf(number, extension, one));
  const bindings = (await store.lastRegistration(number))?.bindings ?? [];
  return pushTo(prober, { registrar, number, phones: [phone], credentials, bindings, signal });
}

function evidenceOf({ at, file, sha256, address }: PhoneFetch): Readonly<Record<string, unknown>> {
  return { fetched: { at: new Date(at).toISOString(), file, sha256, address } };
}
