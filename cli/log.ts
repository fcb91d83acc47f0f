import { pino, type Logger } from 'pino';

/** Names under which a secret could stand in a logged object, at the top or one or two levels down (I9). */
const SECRET_NAMES = ['password', 'token', 'sipKey', 'authorization', 'secret', 'privateKey', 'cookie'];

/** JSON lines on the stream given; constant messages, variable fields. */
export function makeLog(stream: NodeJS.WritableStream, level = 'info'): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: '[secret]' } }, stream);
}
