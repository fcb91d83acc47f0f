import { readFileSync } from 'node:fs';
import type { Operation } from '../schemas/operation.ts';
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

/** What to do instead while a router is on its way from WispHub to us, or back. */
const TODO_IN_ADOPTION: Readonly<Record<Language, string>> = {
  en: '**What to do in an adoption.** ',
  es: '**Qué hacer en una adopción.** ',
};

/** The words in capitals of the page, in both languages, and what they stand for. */
const MEANINGS: Readonly<Record<string, string>> = {
  ROW: 'row',
  FILA: 'row',
  ADDRESS: 'address',
  DIRECCIÓN: 'address',
  ROUTER: 'router',
  SUBSCRIBER: 'subscriber',
  ABONADO: 'subscriber',
  OPERATION: 'operation',
  OPERACIÓN: 'operation',
};
/** Within a command only: `PUT` and `DNS` are words of the text. */
const WORDS = new RegExp(`(?<![\\p{L}])(?:${Object.keys(MEANINGS).join('|')})(?![\\p{L}])`, 'gu');

/**
 * The section of docs/reasons.md about a reason, in one language: the page is the one source, and a test sees that no
 * reason is missing there. Null for a word that it does not know. While the router is on its way from WispHub, or
 * was handed back (`isInAdoption`), some reasons end otherwise.
 */
export function reasonText(reason: string, language: Language, isInAdoption = false): ReasonText | null {
  const page = readFileSync(new URL('../docs/reasons.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((one) => one.startsWith(`${reason}\n`));
  if (section === undefined) return null;
  const [what, usual] = LABELS[language].map((label) => paragraph(section, label));
  const inAdoption = isInAdoption ? paragraph(section, TODO_IN_ADOPTION[language]) : undefined;
  const todo = inAdoption ?? usual;
  return what === undefined || todo === undefined ? null : { what: firstSentence(withoutState(what)), todo };
}

function paragraph(section: string, label: string): string | undefined {
  const line = section.split('\n').find((one) => one.startsWith(label));
  return line?.slice(label.length).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/**
 * A remedy with what the operation knows in place of the page's words in capitals, so that a command can be typed as it
 * stands: `remove ROW` becomes `remove *25`. What is not known stays a word, which no router takes for an id.
 */
export function fillIn(todo: string, { id, subject, history }: Operation): string {
  const evidence = history.at(-1)?.evidence ?? {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
  const named = (noun: string): string | undefined =>
    subject.startsWith(`${noun}/`) ? subject.slice(noun.length + 1) : undefined;
  // The list of the same name in the other family is another menu.
  const isIpv6 = text(evidence['address'])?.includes(':') === true;
  const known: Readonly<Record<string, string | undefined>> = {
    row: text(evidence['row']),
    address: text(evidence['address']) ?? /^[\da-fA-F.:/]+(?= is in use)/.exec(text(evidence['detail']) ?? '')?.[0],
    router: text(evidence['router']) ?? named('router'),
    subscriber: named('subscriber'),
    operation: id,
  };
  return (
    isIpv6 ? todo.replace('/ip firewall address-list remove', '/ipv6 firewall address-list remove') : todo
  ).replace(WORDS, (word) => known[MEANINGS[word] ?? ''] ?? word);
}

/** The state is said already. */
function withoutState(text: string): string {
  return text.replace(/^(Held|Failed|Retenida|Falló)\. /, '');
}

function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}
