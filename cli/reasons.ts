import { readFileSync } from 'node:fs';
import type { Language } from './messages/messages.ts';

/** What a reason means and what to do about it, a line each. */
export interface ReasonText {
  readonly what: string;
  readonly todo: string;
}

const LABELS: Readonly<Record<Language, readonly [what: string, todo: string]>> = {
  en: ['**What happened.** ', '**What to do.** '],
  es: ['**Qué pasó.** ', '**Qué hacer.** '],
};

/**
 * The section of docs/reasons.md about a reason, in one language: the page is the one source, and a test sees that no
 * reason is missing there. Null for a word that it does not know.
 */
export function reasonText(reason: string, language: Language): ReasonText | null {
  const page = readFileSync(new URL('../docs/reasons.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((one) => one.startsWith(`${reason}\n`));
  if (section === undefined) return null;
  const [what, todo] = LABELS[language].map((label) => paragraph(section, label));
  return what === undefined || todo === undefined ? null : { what: firstSentence(withoutState(what)), todo };
}

function paragraph(section: string, label: string): string | undefined {
  const line = section.split('\n').find((one) => one.startsWith(label));
  return line?.slice(label.length).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** The state is said already. */
function withoutState(text: string): string {
  return text.replace(/^(Held|Failed|Retenida|Falló)\. /, '');
}

function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}
