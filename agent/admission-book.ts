import type { Admission } from '../store/ports.ts';
import { admissionKey } from './core/decision.ts';

/** What the brake let through on one router; keys are `operation/subscriber`. */
export interface AdmissionBook {
  readonly admitted: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  /** When each was let through, ms. */
  readonly times: readonly number[];
}

/** Of the router's own admissions. */
export function admissionBook(own: readonly Admission[]): AdmissionBook {
  const [admitted, begun] = [own.filter(({ kind }) => kind !== 'begun'), own.filter(({ kind }) => kind === 'begun')];
  const keys = (of: readonly Admission[]): ReadonlySet<string> =>
    new Set(of.map(({ operation, subscriber }) => admissionKey(operation, subscriber)));
  return { admitted: keys(admitted), begun: keys(begun), times: admitted.map(({ at }) => at) };
}
