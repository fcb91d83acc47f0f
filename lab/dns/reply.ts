import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_AVAILABLE,
  TRUNCATED_RESPONSE,
  type Answer,
  type Question,
} from 'dns-packet';
import type { Zones } from './zones.ts';

/** RFC 1035 §4.1.1 RCODE, as the low four bits of dns-packet's flags. */
const RCODE = { noError: 0, servFail: 2, nxDomain: 3, refused: 5 } as const;

/** The most a reply over UDP may have without EDNS (RFC 1035 §4.2.1). */
const UDP_LIMIT = 512;

export interface Asked {
  readonly name: string;
  readonly type: string;
}

/** The messages that answer a query, in the order they are sent: none (silence), one, or two (a forgery first). */
export function repliesTo(
  query: Buffer,
  zones: Zones,
  transport: 'udp' | 'tcp',
): { asked: Asked | null; replies: readonly Buffer[] } {
  const message = decode(query);
  const [question] = message.questions ?? [];
  if (question === undefined || message.id === undefined) return { asked: null, replies: [] };
  const asked = { name: question.name, type: question.type };
  const { id } = message;
  const reply = (rcode: number, answers: readonly Answer[], flags = 0, asId = id, about: Question = question): Buffer =>
    encode({
      type: 'response',
      id: asId,
      flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | flags | rcode,
      questions: [about],
      answers: [...answers],
    });
  const answers = zones.answer(question.name, question.type);
  const honest = answers === null ? reply(RCODE.nxDomain, []) : reply(RCODE.noError, answers);
  const cut = reply(RCODE.noError, [], TRUNCATED_RESPONSE);
  const trouble = zones.troubleOf(question.name);
  switch (trouble) {
    case 'silence':
      return { asked, replies: [] };
    case 'servfail':
      return { asked, replies: [reply(RCODE.servFail, [])] };
    case 'nxdomain':
      return { asked, replies: [reply(RCODE.nxDomain, [])] };
    case 'refused':
      return { asked, replies: [reply(RCODE.refused, [])] };
    case 'wrong-id':
      return { asked, replies: [reply(RCODE.noError, answers ?? [], 0, id ^ 0x5555)] };
    case 'forged': {
      const elsewhere: Question = { type: question.type, name: 'forged.invalid', class: 'IN' };
      const lie: Answer = { type: 'A', name: 'forged.invalid', data: '192.0.2.66', ttl: 86_400, class: 'IN' };
      return { asked, replies: [reply(RCODE.noError, [lie], 0, id, elsewhere), honest] };
    }
    case 'garbage':
      return { asked, replies: [Buffer.from('this is no DNS message', 'ascii')] };
    case 'truncated':
    case null: {
      const isTooLong = transport === 'udp' && (trouble === 'truncated' || honest.length > UDP_LIMIT);
      return { asked, replies: [isTooLong ? cut : honest] };
    }
  }
}
