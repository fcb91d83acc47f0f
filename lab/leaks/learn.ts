import { Secret } from '../../schemas/secret.ts';
import type { LeakWatch } from './leak-watch.ts';

/** Fields of requests whose texts are secrets. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['sipKey', 'newKeys', 'password']);

/**
 * Learns what is secret in a request to the API: the text of each field that carries a key, and the token in a page's
 * address, which the store keeps as it is. `what` says where it came from when it is found.
 */
export function learnFromRequest(watch: LeakWatch, what: string, body: unknown): void {
  texts(body, false, (text, isSecret) => {
    if (isSecret) watch.learn(`the key of ${what}`, text);
    const token = /[?&]token=([^&#\s]+)/.exec(text)?.[1];
    if (token !== undefined) watch.learn(`the page token of ${what}`, token, true);
  });
}

/** Learns every `Secret` in a value of any shape. */
export function learnSecrets(watch: LeakWatch, what: string, value: unknown): void {
  if (value instanceof Secret) watch.learn(`a secret of ${what}`, value.reveal());
  else if (typeof value === 'object' && value !== null) {
    const inner = value instanceof Map ? [...value.values()] : Object.values(value);
    for (const one of inner) learnSecrets(watch, what, one);
  }
}

/** Learns the tokens of the one answer that may show them: enrol's, as the addresses and the password to type into a phone. */
export function learnTokens(watch: LeakWatch, answer: Readonly<Record<string, unknown>>): void {
  for (const [name, url] of Object.entries(answer)) {
    const token = typeof url === 'string' ? /\/[pe]\/([^/]+)\/$/.exec(url)?.[1] : undefined;
    if (token !== undefined) watch.learn(`the token of ${name}`, token);
    if (name === 'fileKey' && typeof url === 'string') watch.learn('the file key', url);
  }
  learnFromRequest(watch, 'an enrolment', answer['credentials']);
}

function texts(value: unknown, isSecret: boolean, use: (text: string, isSecret: boolean) => void): void {
  if (typeof value === 'string') use(value, isSecret);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) texts(inner, isSecret || SECRET_FIELDS.has(name), use);
}
