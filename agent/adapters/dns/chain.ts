import type { ResolvedAddress } from '../../ports.ts';
import { canonicalName, type AddressType, type AnswerMessage } from './message.ts';

/** Longer chains are a mistake or an attack; public resolvers stop between 8 and 16. */
const MAX_CHAIN = 12;

/** Where a lookup stands: the names passed, and the smallest TTL of the aliases between them, s. */
export interface Trail {
  readonly chain: readonly string[];
  readonly ttlSeconds: number;
}

export type Step =
  | { readonly kind: 'addresses'; readonly trail: Trail; readonly addresses: readonly ResolvedAddress[] }
  | { readonly kind: 'alias'; readonly trail: Trail }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'invalid'; readonly detail: string };

export function startTrail(host: string): Trail {
  return { chain: [host], ttlSeconds: Number.MAX_SAFE_INTEGER };
}

/**
 * Walks the aliases of one message from where the trail ends. Only records of a name on the way count: whatever else a
 * message carries, forged or well meant, is not an answer to our question (RFC 2181 §5.4.1, RFC 5452 §6).
 */
export function walkChain(message: AnswerMessage, type: AddressType, from: Trail): Step {
  let trail = from;
  for (;;) {
    const name = trail.chain.at(-1) ?? '';
    const addresses = addressesOf(message, type, name, trail.ttlSeconds);
    if (addresses.length > 0) return { kind: 'addresses', trail, addresses };
    const alias = aliasOf(message, name);
    if (alias === null) return trail === from ? { kind: 'nothing' } : { kind: 'alias', trail };
    if (!isHostName(alias.target)) return { kind: 'invalid', detail: `${name} is an alias of no host name` };
    if (trail.chain.includes(alias.target)) return { kind: 'invalid', detail: `CNAME loop at ${alias.target}` };
    if (trail.chain.length > MAX_CHAIN) return { kind: 'invalid', detail: `more than ${MAX_CHAIN} CNAMEs` };
    trail = {
      chain: [...trail.chain, alias.target],
      ttlSeconds: Math.min(trail.ttlSeconds, alias.ttlSeconds),
    };
  }
}

/** A host name as DNS and RouterOS both take it: ASCII labels of up to 63, 253 in all; `_` occurs in CDN names. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*$/.test(name);
}

function addressesOf(
  message: AnswerMessage,
  type: AddressType,
  name: string,
  aliasTtlSeconds: number,
): readonly ResolvedAddress[] {
  return message.answers.flatMap((record) =>
    record.type === type && isIn(record) && canonicalName(record.name) === name && typeof record.data === 'string'
      ? [{ address: record.data, ttlSeconds: Math.min(aliasTtlSeconds, ttlOf(record)) }]
      : [],
  );
}

function aliasOf(
  message: AnswerMessage,
  name: string,
): { readonly target: string; readonly ttlSeconds: number } | null {
  for (const record of message.answers) {
    if (record.type !== 'CNAME' || !isIn(record) || canonicalName(record.name) !== name) continue;
    return { target: canonicalName(record.data), ttlSeconds: ttlOf(record) };
  }
  return null;
}

function isIn(record: { readonly class?: string | undefined }): boolean {
  return (record.class ?? 'IN') === 'IN';
}

/** A TTL with the top bit set counts as 0 (RFC 2181 §8). */
function ttlOf(record: { readonly ttl?: number | undefined }): number {
  const ttl = record.ttl ?? 0;
  return ttl >= 0 && ttl <= 0x7fff_ffff ? ttl : 0;
}
