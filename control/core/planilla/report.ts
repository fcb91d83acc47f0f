import type { Column, Refusal, RefusalCode } from '../../../schemas/planilla.ts';

/** A refusal at a line of the file, counted from 1. */
export interface RefusedLine {
  readonly line: number;
  readonly refusal: Refusal;
}

export function refusal(code: RefusalCode, column: Column | null = null, detail: string | null = null): Refusal {
  return { code, column, detail };
}
