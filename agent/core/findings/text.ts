import type { Severity } from '../../../schemas/finding.ts';

/** What a finding says in one language: what was seen, and the command or click that mends it. */
export interface Said {
  readonly detail: string;
  readonly remedy?: string;
}

/** One kind of finding, in both languages, as functions of what was seen. */
export interface FindingText<Seen> {
  readonly severity: Severity;
  readonly en: (seen: Seen) => Said;
  readonly es: (seen: Seen) => Said;
}

/** A finding's texts; a language that is left out does not compile. */
export function text<Seen>(severity: Severity, en: (seen: Seen) => Said, es: (seen: Seen) => Said): FindingText<Seen> {
  return { severity, en, es };
}

/** A detail, and the command or click that mends it where there is one. */
export function said(detail: string, remedy?: string): Said {
  return remedy === undefined ? { detail } : { detail, remedy };
}

/** A finding that depends on nothing that was seen. */
export function fixed(severity: Severity, en: Said, es: Said): FindingText<null> {
  return { severity, en: () => en, es: () => es };
}
