import { hash } from 'node:crypto';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { PhoneFetch, PhoneRequest } from '../store/phone-ports.ts';
import type { Presented } from './client-certificates.ts';
import type { Catalogue } from './catalogue.ts';
import type { CatalogueFile } from './catalogue-file.ts';
import type { CredentialsRefusal } from '../schemas/phone-request.ts';
import { GUESS_LIMITS, guesserOf, type GuessLimits } from './core/guess-limits.ts';
import { judgeRequest, type Judgement, type TokenStanding } from './core/judge-request.ts';
import { macIn, type PhonePath, type Sought } from './core/phone-request.ts';

const MAX_USER_AGENT = 256;

/** Who is told what became of a request. */
export interface NoteDeps {
  readonly catalogue: Pick<Catalogue, 'standingOf' | 'named'>;
  readonly limits: GuessLimits;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
  readonly onFetch: (fetch: PhoneFetch) => void;
  readonly onRequest?: (request: PhoneRequest) => void;
}

/** What is known of a request, for the log and for who is told of fetches. */
export interface Exchange {
  path: PhonePath | null;
  sought: Sought;
  /** Of the token in the URL, or of the credentials it came with; null: neither says who it is. */
  tokenHash: string | null;
  /** Under /c/: why it is not known who asks, and whom it said it was. */
  refused: { readonly why: CredentialsRefusal; readonly user: string | null } | null;
  /** Under /c/: what came with the connection. */
  presented: Presented;
  /** Whom the certificate made it, where it did. */
  certified: TokenStanding | null;
  readonly address: string;
  file: CatalogueFile | null;
  /** Its file could not be rendered. */
  isUnwritten: boolean;
  /** The answer shows that the phone has all bytes of the file. */
  provesWhole: boolean;
  /** The answer carried the file, or a part of it, or said that it has not changed. */
  isFetch: boolean;
}

/** One line a request, however it ends, and word of a fetch if it ended well. Never a URL, a token or a key. */
export function noteEnd(deps: NoteDeps, request: FastifyRequest, reply: FastifyReply, exchange: Exchange): void {
  const { raw } = request;
  const { socket } = raw;
  let isSent = false;
  // Node tells it too when the connection was destroyed with bytes still ours to send. Ahead of node's own listener, which
  // ends a connection that is not kept alive.
  reply.raw.prependOnceListener('finish', () => {
    isSent = !socket.destroyed;
  });
  reply.raw.once('close', () => {
    const at = deps.now();
    const { file, path, tokenHash, address } = exchange;
    const userAgent = raw.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? null;
    const standing = exchange.certified ?? (tokenHash === null ? null : deps.catalogue.standingOf(tokenHash));
    if (file === null && !noteGuess(deps, exchange, standing, at)) return;
    const judgements = judge(deps, exchange, standing, raw.method ?? '', userAgent);
    const { method = '' } = raw;
    const { statusCode: status } = reply.raw;
    deps.log.info(
      {
        ...{ method, status },
        ...(file === null ? refusalNotes(exchange, judgements) : { mac: file.mac, file: file.file }),
        ms: Math.round(reply.elapsedTime * 10) / 10,
        address,
        ...(isSent ? {} : { aborted: true }),
      },
      'phone answered',
    );
    // Who went away before the answer was his has got nothing, and is logged.
    if (isSent) {
      for (const { mac, origin, why, detail } of judgements) {
        const what = { mac, origin, why, detail, method, file: exchange.sought.file, status, address, userAgent };
        deps.onRequest?.({ ...what, at, firstAt: at, times: 1 });
      }
    }
    if (!isSent || file === null || path === null || tokenHash === null || !exchange.isFetch) return;
    deps.onFetch({
      mac: file.mac,
      at,
      file: file.file,
      sha256: file.sha256,
      tokenHash,
      address,
      userAgent,
      isWhole: file.isWhole && exchange.provesWhole,
      revision: exchange.provesWhole ? file.revision : null,
    });
  });
}

function judge(
  { catalogue }: NoteDeps,
  { sought, file, isUnwritten, refused, presented }: Exchange,
  standing: TokenStanding | null,
  method: string,
  userAgent: string | null,
): readonly Judgement[] {
  const isMethodRefused = method !== 'GET' && method !== 'HEAD';
  const certificate = presented.kind === 'none' ? null : presented;
  const asked = {
    sought,
    isServed: file !== null,
    isMethodRefused,
    isUnwritten,
    userAgent,
    standing,
    refused,
    certificate,
  };
  return judgeRequest(asked, (mac) => catalogue.named(mac));
}

/** Why there was a 404, for the person who reads the log: nobody else is told. */
function refusalNotes({ sought, refused }: Exchange, [first]: readonly Judgement[]): object {
  const { token, file } = sought;
  if (first?.origin === 'own') return { why: first.why, mac: first.mac, ...(file === null ? {} : { file }) };
  const why = first?.why ?? refused?.why ?? (token === null ? 'no-token' : 'token-unknown');
  const tokenEnd = token === null || token.length < 16 ? {} : { tokenEnd: token.slice(-4) };
  return { why, ...(first === undefined ? {} : { mac: first.mac }), ...tokenEnd };
}

/**
 * Notes a guess: a token of nobody, or the MAC address of another phone than the token's, which no phone names by itself.
 * False: its address has used up what it may, and nothing more is said of it.
 */
function noteGuess(
  { limits, log, catalogue }: NoteDeps,
  { sought, tokenHash, refused, address }: Exchange,
  standing: TokenStanding | null,
  at: number,
): boolean {
  const named = macIn(sought.file);
  if (standing !== null && (named === null || named === standing.mac)) return true;
  // A file of a model names no phone; its user does.
  const whom = named ?? macIn(refused?.user ?? null);
  if (refused !== null && isHealthy(refused.why) && whom !== null && catalogue.named(whom)?.hasCredentials === true)
    return true;
  if (limits.isLimited(address, at)) {
    limits.refused += 1;
    return false;
  }
  // A phone with a mistyped password counts once: its digests differ each time, and tell nothing of what was tried.
  const tried = refused === null ? tokenHash : hash('sha256', `user ${refused.user ?? ''}`, 'hex');
  const isTry = standing === null && (sought.token !== null || (refused !== null && refused.user !== null));
  if (limits.note(address, { tokenHash: isTry ? tried : null, mac: named }, at)) {
    const minutes = GUESS_LIMITS.windowMs / 60_000;
    log.warn({ from: guesserOf(address), minutes }, 'too many guesses: no more is said of them');
  }
  return true;
}

/** The first try of a fetch, before a phone knows what it is asked: not one guess for each phone of a site. */
function isHealthy(why: CredentialsRefusal): boolean {
  return why === 'no-credentials' || why === 'nonce-stale';
}
