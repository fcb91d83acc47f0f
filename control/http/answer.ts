import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventStreams } from '../event-streams.ts';
import type { Answer } from './exchange.ts';
import type { ProblemError } from './problems.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** For answers that go on: who writes them, and whether whoever asked may still read. */
interface StreamReader {
  readonly streams: EventStreams;
  readonly mayRead: () => boolean;
}

/** Writes a handler's answer. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  { streams, mayRead }: StreamReader,
): FastifyReply {
  switch (answer.kind) {
    case 'json':
      reply.code(answer.status).headers(answer.headers ?? {});
      if (answer.body === undefined) return reply.send();
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
    case 'text':
      reply.code(answer.status).headers(answer.headers ?? {});
      return reply.type(answer.type).send(answer.body);
    case 'stream':
      return sendStream(request, reply, answer.after, { streams, mayRead });
  }
}

/** Writes a problem as application/problem+json. */
export function sendProblem(requestId: string, reply: FastifyReply, problem: ProblemError): FastifyReply {
  return reply
    .code(problem.status)
    .headers({ ...SECURITY_HEADERS, ...problem.options.headers })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.document(requestId)));
}

function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  after: number,
  { streams, mayRead }: StreamReader,
): FastifyReply {
  streams.admit();
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': request.id };
  if (request.method === 'HEAD') return reply.headers(headers).send();
  reply.hijack();
  // `X-Accel-Buffering` asks a proxy on the way not to hold events back.
  reply.raw.writeHead(200, { ...SECURITY_HEADERS, ...headers, 'x-accel-buffering': 'no' });
  // Nothing follows a stream on its connection; one that is kept would hold up the server's close.
  reply.raw.once('finish', () => request.raw.socket.end());
  streams.open(reply.raw, after, mayRead);
  return reply;
}
