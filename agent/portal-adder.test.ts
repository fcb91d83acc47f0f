import pino from 'pino';
import { expect, test } from 'vitest';
import { PortalAdder } from './portal-adder.ts';

test('addresses of which it is told as an attempt ends are tried as well', async () => {
  for (let depth = 0; depth < 12; depth += 1) {
    let attempts = 0;
    const adder: PortalAdder = new PortalAdder({
      router: 'r0',
      attempt: () => {
        attempts += 1;
        const answered = Promise.resolve(true);
        let later: Promise<unknown> = answered;
        for (let at = 0; at < depth; at += 1) later = later.then(() => undefined);
        if (attempts === 1)
          void later.then(() => {
            adder.note();
          });
        return answered;
      },
      onLeft: () => undefined,
      log: pino({ level: 'silent' }),
    });
    adder.note();
    await new Promise((resolve) => setImmediate(resolve));
    expect([depth, attempts]).toEqual([depth, 2]);
  }
});
