import { Socket } from 'node:net';
import { Receiver } from 'node-routeros';
import { afterEach, expect, test, vi } from 'vitest';
import {
  connectNodeRouteros,
  NODE_ROUTEROS_LIMITS,
  type NodeRouterosLimit,
} from '../../adapters/routeros/node-routeros.ts';
import { errorOf, open, OPTIONS, PASSWORD, scripted, shown, target } from './harness.ts';
import { sentence } from './scripted-router.ts';

/** How each named limit of the library shows: an error, and nothing on the wire. */
const LIMITS: Readonly<Record<NodeRouterosLimit, () => Promise<void>>> = {
  'write-undefined-byte': async () => {
    const router = await scripted({
      script: (asked) => {
        asked.done();
      },
    });
    const session = await open(connectNodeRouteros, router);
    for (const byte of ['\x81', '\x8d', '\x8f', '\x90', '\x9d']) {
      const error = await errorOf(session.run({ path: '/x/add', attributes: { comment: `M\xc3${byte}` } }));
      expect(error).toMatchObject({ code: 'driver-limit', retryable: false });
    }
    await session.run({ path: '/y/add', attributes: { comment: 'se\xc3\xb1al \x80\xff' } });
    expect((await router.asked('/y/add')).attribute('comment')).toBe('se\xc3\xb1al \x80\xff');
    expect(router.received()).not.toContain('/x/add');
  },
  'debug-prints-words': async () => {
    const router = await scripted();
    for (const names of ['*', 'routeros-api:*', 'express, routeros-api:connector:*']) {
      vi.stubEnv('DEBUG', names);
      const error = await errorOf(connectNodeRouteros(target(router.port), OPTIONS));
      expect(error).toMatchObject({ code: 'driver-limit', retryable: false });
      expect(shown(error)).not.toContain(PASSWORD);
    }
    vi.stubEnv('DEBUG', 'express');
    await open(connectNodeRouteros, router);
  },
};

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(NODE_ROUTEROS_LIMITS)('$name ends in an error', async ({ name }) => {
  await LIMITS[name]();
});

test('without our framing its parser gives wrong rows in silence: the reason why it is fed whole sentences', () => {
  const rows: string[][] = [];
  const receiver = new Receiver(new Socket());
  receiver.read('t', (packet) => rows.push(packet));
  const bytes = Buffer.concat(
    Array.from({ length: 100 }, (_, n) => sentence('!re', '.tag=t', `=.id=*${n}`, `=comment=${'c'.repeat(2 * n)}`)),
  );
  for (let at = 0; at < bytes.length; at += 1) receiver.processRawData(bytes.subarray(at, at + 1));
  expect(rows.length).toBeLessThan(100);
  const whole: string[][] = [];
  const fed = new Receiver(new Socket());
  fed.read('t', (packet) => whole.push(packet));
  for (let n = 0; n < 100; n += 1) fed.processRawData(sentence('!re', '.tag=t', `=comment=${'c'.repeat(2 * n)}`));
  expect(whole.map((packet) => packet[1]?.length)).toEqual(Array.from({ length: 100 }, (_, n) => 9 + 2 * n));
});
