import { onTestFinished } from 'vitest';
import { header, headerLines, serialise, type Header, type SipRequest } from '../../../lab/sip/message.ts';
import { SipSocket } from '../../../lab/sip/socket.ts';
import { responseTo } from '../../../lab/sip/transaction.ts';

/** What a script answers: a response, bytes as they stand, or nothing (the datagram is lost). */
export type ScriptedAnswer =
  | { readonly status: number; readonly reason?: string; readonly headers?: readonly Header[] }
  | { readonly raw: string }
  | null;

export interface ScriptedUas {
  readonly port: number;
  /** Every message that came, retransmissions too. */
  readonly seen: readonly SipRequest[];
}

/** A SIP server on loopback (UDP and TCP) that answers the nth message as `script` says; the test's end closes it. */
export async function scriptedUas(script: (request: SipRequest, nth: number) => ScriptedAnswer): Promise<ScriptedUas> {
  const seen: SipRequest[] = [];
  const socket = new SipSocket({
    received(message, flow) {
      if (message.kind !== 'request') return;
      seen.push(message);
      const answer = script(message, seen.length);
      if (answer === null) return;
      if ('raw' in answer) flow.send(Buffer.from(answer.raw));
      else flow.send(serialise(responseTo(message, flow, answer.status, answer.reason ?? 'Scripted', answer.headers)));
    },
  });
  await socket.open();
  onTestFinished(() => socket.shut());
  return { port: socket.port, seen };
}

/** The Authorization (or other) header's parameters, quotes taken off. */
export function digestOf(request: SipRequest | undefined, name = 'authorization'): ReadonlyMap<string, string> {
  const value = request === undefined ? '' : (header(request, name) ?? '');
  return new Map(
    [...value.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map(([, key = '', text, bare]) => [
      key,
      text?.replace(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  );
}

export function headerOf(request: SipRequest | undefined, name: string): readonly string[] {
  return request === undefined ? [] : headerLines(request, name);
}
