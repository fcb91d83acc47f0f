import type { PlanillaReport } from '../../schemas/planilla.ts';
import type { Problem, ProblemDetail, NotReadyReason } from '../../schemas/problem.ts';
import { PROBLEM_TYPES, problemUri, type ProblemCode } from '../../schemas/problem-types.ts';

export interface ProblemOptions {
  /** What happened this time. Never a secret, never a value from the request's body. */
  readonly detail?: string;
  readonly remedy?: string;
  readonly errors?: readonly ProblemDetail[];
  readonly reasons?: readonly NotReadyReason[];
  /** Of a planilla: what stands against which line. */
  readonly report?: PlanillaReport;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal that the API answers as application/problem+json (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(
      options.detail ?? PROBLEM_TYPES[code].title,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return PROBLEM_TYPES[this.code].status;
  }

  /** The document; `requestId` names this occurrence, so that it can be found in the log. */
  document(requestId: string): Problem {
    const { title, status, remedy } = PROBLEM_TYPES[this.code];
    const { detail, errors, reasons, report } = this.options;
    return {
      type: problemUri(this.code),
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      remedy: this.options.remedy ?? remedy,
      instance: `urn:wisp-edge:request:${requestId}`,
      ...(errors === undefined ? {} : { errors: [...errors] }),
      ...(report === undefined ? {} : { report }),
      ...(reasons === undefined ? {} : { reasons: [...reasons] }),
    };
  }
}

/** A 400 that names the places at fault. */
export function invalidRequest(errors: readonly ProblemDetail[]): ProblemError {
  const [first] = errors;
  const where = first === undefined ? '' : `${first.pointer === '' ? '' : `${first.pointer}: `}${first.detail}`;
  return new ProblemError('invalid-request', where === '' ? { errors } : { detail: where, errors });
}
