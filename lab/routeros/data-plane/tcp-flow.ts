import type { Duplex } from 'node:stream';
import type { LabClock } from '../../clock.ts';
import type { Connection } from './connections.ts';
import type { DataPlane } from './plane.ts';

/** TCP's first wait before it sends again what was lost, and how often it tries (RFC 6298 §2, shortened). */
const RETRY_MS = 200;
const RETRIES = 10;

export interface FlowEnds {
  readonly plane: DataPlane;
  readonly clock: LabClock;
  readonly client: Duplex;
  readonly server: Duplex;
  readonly connection: Connection;
  /** Tears the client's side down the hard way (RST). */
  readonly resetClient: () => void;
}

/** Carries an open TCP connection, asking the data plane for every piece in both directions. */
export function carry({ plane, clock, client, server, connection, resetClient }: FlowEnds): void {
  let current = connection;
  let isOver = false;
  const cancels = new Set<() => void>();
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    for (const cancel of cancels) cancel();
    plane.connections.close(current);
  };
  const reset = (): void => {
    finish();
    resetClient();
    server.destroy();
  };
  const offer = (from: Duplex, to: Duplex, direction: 'original' | 'reply', chunk: Buffer, attempt: number): void => {
    if (isOver) return;
    const passed = plane.pass(current, direction, chunk.length);
    current = passed.connection;
    if (passed.verdict === 'reset' || attempt >= RETRIES) {
      reset();
      return;
    }
    if (passed.verdict === 'hold') {
      const cancel = clock.at(clock.now() + RETRY_MS * 2 ** attempt, () => {
        cancels.delete(cancel);
        offer(from, to, direction, chunk, attempt + 1);
      });
      cancels.add(cancel);
      return;
    }
    if (to.write(chunk)) from.resume();
    else to.once('drain', () => from.resume());
  };
  for (const [from, to, direction] of [
    [client, server, 'original'],
    [server, client, 'reply'],
  ] as const) {
    from.on('data', (chunk: Buffer) => {
      from.pause();
      offer(from, to, direction, chunk, 0);
    });
    from.on('end', () => to.end());
    from.on('error', () => undefined);
    from.on('close', () => {
      const isClean = from.readableEnded && to.readableEnded;
      if (isClean) finish();
      else if (!isOver && !from.readableEnded) {
        finish();
        if (from === server) resetClient();
        to.destroy();
      }
    });
  }
}
