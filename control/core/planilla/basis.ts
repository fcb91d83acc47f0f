import type { Extension } from '../../../schemas/extension.ts';
import type { Phone } from '../../../schemas/phone.ts';
import type { ProblemDetail } from '../../../schemas/problem.ts';
import { COLUMNS, type Column } from '../../../schemas/planilla.ts';

/** Owners whose phones an import changes only where that was allowed. */
export type Guard = 'comodato' | 'customer';
/** What an import does only when a person says so: change whose phones, take lines from a phone. */
export const ALLOWANCES = ['comodato', 'customer', 'fewer-lines'] as const;
export type Allowance = (typeof ALLOWANCES)[number];

/** The verdict of a schema. */
export type Checked<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly faults: readonly ProblemDetail[] };

/** The schemas' checks; the core cannot compile them itself. */
export interface Checks {
  readonly phone: (value: unknown) => Checked<Phone>;
  readonly extension: (value: unknown) => Checked<Extension>;
  readonly isSipKey: (text: string) => boolean;
}

/** What a planilla is judged by. */
export interface Basis {
  readonly phones: ReadonlyMap<string, Phone>;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Ids of the registrars of the configuration. */
  readonly registrars: readonly string[];
  readonly allowed: ReadonlySet<Allowance>;
  readonly checks: Checks;
}

/** The column that a schema's fault is about. */
export function columnOf(pointer: string): Column | null {
  const name = pointer.split('/')[1] ?? '';
  if (name === 'lines') return 'extension';
  return COLUMNS.find((column) => column === name) ?? null;
}
