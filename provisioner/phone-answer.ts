import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANSWER_HEADERS, type CatalogueFile } from './catalogue-file.ts';
import { rangeOf } from './core/byte-range.ts';
import type { Exchange } from './note-exchange.ts';

/** Writes an answer; node alone does, whatever the request was. */
export function send(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  answer: OutgoingHttpHeaders,
  body?: Buffer | string,
): void {
  const { headers } = raw;
  // A body is not read; what follows it on the connection would be taken for a request.
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  reply.raw.writeHead(status, hasBody ? { ...answer, connection: 'close' } : answer);
  reply.raw.end(body);
}

/** The file, a part of it, or the news that the phone has it already (RFC 9110 §13.2.2, §14.2). */
export function sendFile(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, file: CatalogueFile): void {
  const { headers, method } = request.raw;
  const { bytes, etag } = file;
  const isGet = method === 'GET';
  const known = headers['if-none-match'];
  if (known !== undefined && (known.trim() === '*' || etagsOf(known).includes(etag))) {
    exchange.isFetch = isGet;
    // Who names these bytes has them; who sends `*` has something.
    exchange.provesWhole = isGet && known.trim() !== '*';
    send(request, reply, 304, { ...ANSWER_HEADERS, etag });
    return;
  }
  const condition = headers['if-range'];
  const range = isGet && (condition === undefined || condition === etag) ? rangeOf(headers.range, bytes.length) : null;
  if (range === 'unsatisfiable') {
    send(request, reply, 416, {
      ...ANSWER_HEADERS,
      etag,
      'content-range': `bytes */${bytes.length}`,
      'content-length': 0,
    });
    return;
  }
  exchange.isFetch = isGet;
  if (range === null) {
    exchange.provesWhole = isGet;
    send(request, reply, 200, file.headers, bytes);
    return;
  }
  const { first, last } = range;
  // The end of a file whose beginning the phone has of these very bytes makes it whole.
  exchange.provesWhole = last === bytes.length - 1 && (first === 0 || condition === etag);
  const part = bytes.subarray(first, last + 1);
  const place = { 'content-range': `bytes ${first}-${last}/${bytes.length}`, 'content-length': part.length };
  send(request, reply, 206, { ...file.headers, ...place }, part);
}

function etagsOf(header: string): readonly string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}
