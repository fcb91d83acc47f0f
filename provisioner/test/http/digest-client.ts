import { nodeHash } from '../../adapters/sip/client.ts';
import { authorization, chooseChallenge, parseChallenges } from '../../core/digest.ts';

export interface DigestAsker {
  readonly user: string;
  readonly password: string;
  /** The one of the challenges that it answers. */
  readonly algorithm?: 'MD5' | 'SHA-256';
  readonly method?: string;
  readonly nonceCount?: number;
}

/** Values of a header field in a raw answer, in order. */
export function headersOf(answer: string, name: string): readonly string[] {
  const head = answer.slice(0, answer.indexOf('\r\n\r\n'));
  return head
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2));
}

/** The Authorization that answers the challenges of a raw 401, as a whole header line. */
export function digestFor(answer: string, target: string, asker: DigestAsker): string {
  const { user: username, password, algorithm = 'SHA-256', method = 'GET', nonceCount = 1 } = asker;
  const all = parseChallenges(headersOf(answer, 'www-authenticate'));
  const chosen = chooseChallenge(all.filter((challenge) => challenge.algorithm === algorithm));
  if (chosen.kind !== 'chosen') throw new Error(`no challenge of ${algorithm}`);
  const input = { chosen, username, password, method, uri: target, body: '', nonceCount, cnonce: '0a4f113b' };
  return `Authorization: ${authorization(input, nodeHash)}\r\n`;
}

export function basicFor(user: string, password: string): string {
  return `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}\r\n`;
}
