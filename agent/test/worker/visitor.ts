import { webSite, type Site } from '../../../lab/sites.ts';
import { dialThrough, nextText } from '../../../lab/routeros/test/subscriber.ts';
import { AppError } from '../../../schemas/app-error.ts';
import type { Clock } from '../../ports.ts';
import type { Scene } from './harness.ts';

export const SITE = '198.51.100.80';

/** A site on the internet, port 80. */
export function openSite({ internet }: Scene): Site {
  return webSite(internet, [SITE]);
}

export const GET = 'GET / HTTP/1.1\r\nHost: example.test\r\n\r\n';

/** What a browser behind this address gets on port 80: `site`, the URL of a notice, or what else happened. */
export async function visit({ router }: Pick<Scene, 'router'>, source: string): Promise<string> {
  const port = await router.subscriberPort(source);
  const socket = await dialThrough(port, SITE, 80);
  socket.write(GET);
  const text = await nextText(socket);
  socket.destroy();
  return readAnswer(text);
}

/** `site` for a 200, the Location of a redirect, else the status. */
export function readAnswer(text: string): string {
  const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? '';
  if (status === '200') return 'site';
  return /\r\nlocation: (\S+)\r\n/i.exec(text)?.[1] ?? status;
}

/** A clock that a test moves; whoever sleeps on it wakes when his time has come. */
export interface HandClock extends Clock {
  advance(ms: number): void;
}

export function handClock(now = Date.parse('2026-03-01T12:00:00Z')): HandClock {
  let passed = 0;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now + passed,
    monotonic: () => passed,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { at: passed + ms, wake: resolve };
        const stop = (): void => {
          sleepers.delete(sleeper);
          reject(new AppError('aborted', 'A wait was stopped by us'));
        };
        if (signal.aborted) {
          stop();
          return;
        }
        // Time may have passed between the look that said how long and this.
        if (ms <= 0) {
          resolve();
          return;
        }
        sleepers.add(sleeper);
        signal.addEventListener('abort', stop, { once: true });
      }),
    advance(ms) {
      passed += ms;
      for (const sleeper of sleepers) {
        if (sleeper.at > passed) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}
