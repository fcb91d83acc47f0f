import { connect, type Socket } from 'node:net';
import { AppError } from '../../../schemas/app-error.ts';
import type { ProbeOptions } from '../../doctor/ports.ts';

/** How a TCP connection went; `open` means that it stood and stayed for a moment. */
export interface TcpOutcome {
  readonly kind: 'open' | 'refused' | 'reset' | 'closed' | 'timeout' | 'unreachable';
  readonly why: string;
}

/** A service that bars us does so at once; a longer wait would only tell of its patience. */
const SETTLE_MS = 400;

/** Opens a TCP connection, sends nothing, and looks for a moment whether it stays. Rejects with `aborted` only. */
export function touch(host: string, port: number, options: ProbeOptions): Promise<TcpOutcome> {
  return watch(connect({ host, port }), options);
}

function watch(socket: Socket, { timeoutMs, signal }: ProbeOptions): Promise<TcpOutcome> {
  return new Promise((resolve, reject) => {
    let isUp = false;
    const settle = (kind: TcpOutcome['kind'], why: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve({ kind, why });
    };
    const onAbort = (): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new AppError('aborted', 'a probe was stopped by us'));
    };
    let timer = setTimeout(() => {
      settle('timeout', `no answer within ${timeoutMs} ms`);
    }, timeoutMs);
    socket.on('connect', () => {
      isUp = true;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          settle('open', '');
        },
        Math.min(SETTLE_MS, timeoutMs),
      );
      socket.resume();
    });
    socket.on('end', () => {
      settle('closed', 'closed at once');
    });
    socket.on('error', (error) => {
      settle(kindOf(error, isUp), error.message);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function kindOf(error: Error, isUp: boolean): TcpOutcome['kind'] {
  const code = codeOf(error);
  if (isUp || code === 'ECONNRESET') return 'reset';
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
}

/** The system's code of an error, `ECONNREFUSED`; empty for others. */
export function codeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (typeof first !== 'object' || first === null || !('code' in first)) return '';
  return typeof first.code === 'string' ? first.code : '';
}
