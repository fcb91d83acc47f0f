import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** A file that browsers may read without a token: it holds no data of the site. */
export interface Page {
  readonly method: 'GET';
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** Strong: the hash of the bytes. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Nothing inline, nothing from elsewhere, no frame, no form that leaves; and no string becomes markup (Trusted Types), so
 * that text from phones and routers stays text.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** What differs from the API's own headers. Kept by the browser, and asked for anew each time. */
const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
};

/** Reads the folder's pages into memory; `index.html` is `/`, the others keep their place under `prefix`. */
export function readPages(folder: string, prefix: string): readonly Page[] {
  return readdirSync(folder, { encoding: 'utf8', recursive: true }).flatMap((name) => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const body = readFileSync(join(folder, name));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    const path = name === 'index.html' ? '/' : `${prefix}${name.replaceAll('\\', '/')}`;
    return [{ method: 'GET' as const, path, type, body, etag }];
  });
}

/** Serves each page at exactly its path, with HEAD; every other path stays what it was. */
export function servePages(app: FastifyInstance, pages: readonly Page[]): void {
  for (const { path, type, body, etag } of pages) {
    app.get(path, (request, reply) => {
      reply.headers({ ...PAGE_HEADERS, etag });
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type(type).send(body);
    });
  }
}

/** RFC 9110 §13.1.2: compared weakly. */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
