import { pino, type Logger } from 'pino';
import { expect, onTestFinished } from 'vitest';
import { LeakWatch } from '../leaks/leak-watch.ts';

/** A watch over all that comes out of one test, which fails at its end when a secret was among it (I9). */
export function leakWatch(): LeakWatch {
  const watch = new LeakWatch();
  onTestFinished(() => {
    expect(watch.leaks).toEqual([]);
  });
  return watch;
}

/** A log at its most talkative, each line looked at; `onLine` gets those from `info` on, as a box would print them. */
export function watchedLog(watch: LeakWatch, onLine: (line: string) => void = () => undefined): Logger {
  const write = (line: string): void => {
    watch.look('the log', line);
    if (!/^\{"level":[12]0,/.test(line)) onLine(line);
  };
  return pino({ level: 'trace' }, { write });
}
