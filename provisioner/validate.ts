import type { Verdict } from '../schemas/extension.ts';
import type { OperationReason } from '../schemas/operation.ts';
import type { PhoneWork } from '../store/phone-ports.ts';
import type { ProbeVerdict } from './core/verdict.ts';
import { credentialOf, probedAt } from './registrars.ts';
import type { WorkDeps, WorkTurn } from './work-turn.ts';

type Validate = Extract<PhoneWork, { kind: 'validate' }>;

const REASONS: Readonly<Record<Exclude<Verdict, 'valid'>, OperationReason>> = {
  invalid: 'key-invalid',
  locked: 'registrar-locked',
  unreachable: 'registrar-unreachable',
  unsupported: 'sip-unsupported',
  indeterminate: 'sip-indeterminate',
};

/** Tries a key once and ends with its verdict; held as long as it must not be tried. */
export async function runValidate(
  { store, prober, registrars, clock, signal }: WorkDeps,
  { operation: id, number, extension, key, isGiven }: Validate,
): Promise<WorkTurn> {
  const held = async (reason: OperationReason, until: number | null): Promise<WorkTurn> => {
    await store.advanceWork(clock.now(), [{ id, state: 'held', reason }]);
    return { kind: 'wait', until };
  };
  if (key === null) {
    await store.advanceWork(clock.now(), [{ id, state: 'failed', reason: 'no-sip-key' }]);
    return { kind: 'ended' };
  }
  const place = probedAt(registrars(), extension);
  if ('obstacle' in place) return held(place.obstacle, null);
  const told = await prober.verify(place.registrar, credentialOf(number, extension, key), { isAskedFor: true, signal });
  if (told.kind === 'spent') return held('refusals-spent', told.until);
  const { verdict, bindings } = told;
  // A key that is not served says nothing about the extension as it is.
  if (!isGiven) await store.recordRegistrations([{ number, at: told.answeredAt, verdict, bindings }]);
  const result = resultOf(told);
  const outcome =
    verdict === 'valid' ? { state: 'verified' as const } : { state: 'failed' as const, reason: REASONS[verdict] };
  await store.advanceWork(clock.now(), [{ id, ...outcome, result, evidence: result }]);
  return { kind: 'ended' };
}

function resultOf(told: Extract<ProbeVerdict, { kind: 'verdict' }>): Readonly<Record<string, unknown>> {
  const { verdict, status, detail, algorithm, bindings, retryAt } = told;
  return {
    verdict,
    ...(status === null ? {} : { status }),
    ...(algorithm === null ? {} : { algorithm }),
    ...(detail === null ? {} : { detail }),
    ...(bindings === null ? {} : { bindings: bindings.length }),
    ...(retryAt === null ? {} : { retryAt: new Date(retryAt).toISOString() }),
  };
}
