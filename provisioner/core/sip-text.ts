import { AppError } from '../../schemas/app-error.ts';

/** One parameter `name=value` of a header, the value without its quotes; null: it had none. Names are lower-case. */
export type HeaderParameters = ReadonlyMap<string, string | null>;

/** A `quoted-string` (RFC 3261 §25.1) at `from`, which is its opening quote: its text, unescaped, and where it ends. */
export function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } {
  let value = '';
  let at = from + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    value += text[at] ?? '';
    at += 1;
  }
  return { value, end: Math.min(at + 1, text.length) };
}

/** `text` as a quoted-string, quotes and backslashes escaped. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Cuts at every `separator` that stands neither in quotes nor in angle brackets. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isInBrackets = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = readQuoted(text, at).end - 1;
    else if (character === '<') isInBrackets = true;
    else if (character === '>') isInBrackets = false;
    else if (character === separator && !isInBrackets) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `;name=value` parameters; of a repeated one the first counts. */
export function parametersOf(parts: readonly string[]): HeaderParameters {
  const parameters = new Map<string, string | null>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    const raw = equals === -1 ? null : part.slice(equals + 1).trim();
    const value = raw?.startsWith('"') === true ? readQuoted(raw, 0).value : raw;
    if (name !== '' && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Whether a text would break out of its header: CR, LF, NUL and the other control characters but TAB. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/**
 * Refuses a value that would break out of its header (a CRLF in it starts a header of its sender's choice).
 *
 * @throws AppError `sip-protocol` naming the field, never its value.
 */
export function checkHeaderText(field: string, text: string): void {
  if (!hasControl(text)) return;
  throw new AppError('sip-protocol', `${field} has a line break or another control character in it`, {
    retryable: false,
    remedy: 'Correct the value in the configuration or at the API.',
  });
}
