import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RouterTarget } from '../../ports.ts';
import { tlsOptions } from './tls-peer.ts';

/** Runs `run` once after so many ms, unless the function it gives is called first. */
export type Delay = (ms: number, run: () => void) => () => void;

/**
 * What a driver needs of the machine it runs on: connections, deadlines and a clock for them. Passed in, so that a test
 * may own the wire and the time.
 */
export interface Transport {
  /** Begins to connect; `connect` follows, with TLS `secureConnect`, or `error`. */
  readonly open: (target: RouterTarget) => Socket;
  readonly after: Delay;
  readonly monotonic: () => number;
}

export const delayByTimer: Delay = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};

/** TCP and TLS of this machine, and its timers. */
export const machineTransport: Transport = {
  open: ({ host, port, tls }) =>
    tls.kind === 'plain' ? connectTcp({ host, port }) : connectTls({ host, port, ...tlsOptions(tls) }),
  after: delayByTimer,
  monotonic: () => performance.now(),
};
