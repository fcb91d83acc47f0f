import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../lab/test/free-port.ts';
import { Secret } from '../../../schemas/secret.ts';
import { openPnpWire } from '../../adapters/pnp-wire.ts';
import { systemClock } from '../../adapters/clock.ts';
import type { NoEnrolment, OpenEnrolment } from '../../phone-files.ts';
import type { Clock } from '../../ports.ts';
import { PnpResponder } from '../../pnp.ts';
import { scriptedPhone, type ScriptedPhone } from './scripted-phone.ts';

const ENROLLED = '001565aabb01';
const OTHER = '001565aabb02';
const PATIENT = { timeout: 10_000 };
const URL_TEXT = 'https://phones.example.net/e/0123456789abcdef/';

interface Stage {
  readonly phone: ScriptedPhone;
  readonly responder: PnpResponder;
  readonly port: number;
  readonly log: readonly string[];
  /** What is open, by MAC; what is not named here was never put. */
  readonly open: Map<string, OpenEnrolment | NoEnrolment>;
}

async function stage(over: { clock?: Clock; isOn?: boolean } = {}): Promise<Stage> {
  const port = await freePort();
  const open = new Map<string, OpenEnrolment | NoEnrolment>([
    [ENROLLED, { url: new Secret(URL_TEXT), tokenHash: 'h1' }],
  ]);
  const log: string[] = [];
  const note = (fields: object, message: string): void => void log.push(JSON.stringify({ message, ...fields }));
  let ids = 0;
  const responder = new PnpResponder({
    open: openPnpWire,
    enrolment: (mac) => open.get(mac) ?? 'not-put',
    clock: over.clock ?? systemClock,
    newId: () => `id${(ids += 1)}`,
    log: { info: note, warn: note },
  });
  onTestFinished(async () => {
    await responder.close();
    expect(log.join('\n')).not.toContain('0123456789abcdef');
  });
  if (over.isOn !== false) await responder.configure({ address: '127.0.0.1', port });
  return { phone: await scriptedPhone(port), responder, port, log, open };
}

/** After what came before it was dealt with: one who is answered asks last. */
async function afterAll({ phone }: Stage, callId: string, mac = ENROLLED): Promise<readonly string[]> {
  phone.ask(mac, callId);
  phone.answer(await phone.until('NOTIFY', 1 + phone.got.filter((text) => text.startsWith('NOTIFY')).length));
  return phone.got;
}

test('a phone whose enrolment is open is told its URL, once, and its answer ends that', async () => {
  const { phone, log } = await stage();
  phone.ask(ENROLLED, 'a');
  const notify = await phone.until('NOTIFY');
  expect(notify).toMatch(/^NOTIFY sip:x@127\.0\.0\.1:\d+ SIP\/2\.0\r\n/);
  expect(notify).toContain('\r\nContent-Type: application/url\r\n');
  expect(notify).toContain('\r\nSubscription-State: terminated;reason=timeout\r\n');
  expect(notify.endsWith(`\r\n\r\n${URL_TEXT}`)).toBe(true);
  expect(phone.got[0]).toMatch(/^SIP\/2\.0 200 OK\r\n/);
  phone.answer(notify);
  await expect.poll(() => log.at(-1), PATIENT).toContain('phone was told its enrolment by pnp');
  expect(phone.got).toHaveLength(2);
});

test('everybody else hears nothing: nobody’s phone, one that is not enrolled, one whose time is over', async () => {
  const here = await stage();
  const { phone, open, log } = here;
  open.set(OTHER, 'not-enrolled');
  open.set('001565aabb03', 'enrolment-over');
  for (const mac of [OTHER, '001565aabb03', '001565aabb04', OTHER]) phone.ask(mac, `of ${mac}`);
  expect(await afterAll(here, 'last')).toHaveLength(2);
  expect(
    log.filter((line) => line.includes('was not answered')).map((line) => /"why":"([^"]*)"/.exec(line)?.[1]),
  ).toEqual(['not-enrolled', 'enrolment-over', 'not-put']);
});

test('a SUBSCRIBE that comes again gets its 200 again and no second NOTIFY', async () => {
  const { phone } = await stage();
  for (let n = 0; n < 3; n += 1) phone.ask(ENROLLED, 'a');
  await phone.until('SIP/2.0 200', 3);
  const notify = await phone.until('NOTIFY');
  phone.answer(notify);
  const tags = phone.got.map((text) => /^(?:To|From): .*;tag=(id\d+)\r$/m.exec(text)?.[1]);
  expect(new Set(tags).size).toBe(1);
  expect(phone.got.filter((text) => text.startsWith('NOTIFY'))).toHaveLength(1);
});

test('the NOTIFY is sent again until it is answered, the same each time; a phone that lost all of them may ask again', async () => {
  const waits: number[] = [];
  let isFast = true;
  const clock: Clock = {
    ...systemClock,
    // What waits for the phone is over at once, in the order of the product.
    sleep: (ms, signal) => {
      waits.push(ms);
      return systemClock.sleep(ms <= 4000 && isFast ? 1 : ms, signal);
    },
  };
  const { phone, log } = await stage({ clock });
  phone.ask(ENROLLED, 'a');
  await expect.poll(() => log.at(-1), PATIENT).toContain('did not take its enrolment');
  const sent = phone.got.filter((text) => text.startsWith('NOTIFY'));
  expect([sent.length, new Set(sent).size]).toEqual([4, 1]);
  expect(waits.filter((ms) => ms <= 4000)).toEqual([500, 1000, 2000, 4000]);
  isFast = false;
  phone.ask(ENROLLED, 'b');
  phone.answer(await phone.until('NOTIFY', 5));
  await expect.poll(() => log.at(-1), PATIENT).toContain('was told its enrolment');
});

test('a refusal ends it too, and the answer of a stranger ends nothing', async () => {
  const { phone, log } = await stage();
  phone.ask(ENROLLED, 'a');
  const notify = await phone.until('NOTIFY');
  phone.answer(notify.replace('branch=z9hG4bK', 'branch=z9hG4bKother'), '200 OK');
  phone.answer(notify, '100 Trying');
  phone.answer(notify, '489 Bad Event');
  await expect.poll(() => log.at(-1), PATIENT).toContain('did not take its enrolment');
  expect(log.at(-1)).toContain('"status":489');
});

test('whomever Contact and Via name, all goes to the address that asked', async () => {
  const { phone } = await stage();
  const victim = createSocket('udp4');
  onTestFinished(() => {
    victim.close();
  });
  const heard: string[] = [];
  victim.on('message', (bytes) => heard.push(bytes.toString()));
  await new Promise<void>((resolve) => {
    victim.bind(0, '127.0.0.9', resolve);
  });
  const there = `127.0.0.9:${victim.address().port}`;
  phone.ask(ENROLLED, 'a', {
    Via: `SIP/2.0/UDP ${there};branch=z9hG4bK1;rport;received=127.0.0.9`,
    Contact: `<sip:x@${there}>`,
    'Record-Route': `<sip:${there};lr>`,
  });
  await phone.until('SIP/2.0 200');
  phone.answer(await phone.until('NOTIFY'));
  // All that was sent to the victim before this is read before it.
  const last = new Promise((resolve) => victim.once('message', resolve));
  const sender = createSocket('udp4');
  sender.send('end', victim.address().port, '127.0.0.9');
  await last;
  sender.close();
  expect(heard).toEqual(['end']);
});

test('who is not in the network of the phones is not answered', async () => {
  const here = await stage({ isOn: false });
  const { responder, port, log } = here;
  // As if the address were of a network that the asking phone is not in.
  const asked = new EventEmitter();
  const narrow = new PnpResponder({
    open: async (settings, events) => {
      const onGroup: typeof events.onGroup = (...heard) => {
        events.onGroup(...heard);
        asked.emit('asked');
      };
      return { ...(await openPnpWire(settings, { ...events, onGroup })), network: '127.0.0.2/32' };
    },
    enrolment: (mac) => here.open.get(mac) ?? 'not-put',
    clock: systemClock,
    newId: () => 'narrow',
    log: { info: () => undefined, warn: () => undefined },
  });
  onTestFinished(() => narrow.close());
  await narrow.configure({ address: '127.0.0.1', port });
  const isAsked = once(asked, 'asked');
  here.phone.ask(ENROLLED, 'a');
  await isAsked;
  await narrow.close();
  await responder.configure({ address: '127.0.0.1', port });
  const got = await afterAll(here, 'b');
  expect(got.filter((text) => text.includes('narrow'))).toEqual([]);
  expect(log.some((line) => line.includes('pnp listens'))).toBe(true);
});

test('it stops and starts by its settings, and takes other ones', async () => {
  const here = await stage();
  const { responder, port, phone } = here;
  await responder.configure(undefined);
  phone.ask(ENROLLED, 'while off');
  await responder.configure({ address: '127.0.0.1', port });
  await responder.configure({ address: '127.0.0.1', port });
  const got = await afterAll(here, 'on');
  expect(got.some((text) => text.includes('while off'))).toBe(false);
  const other = await freePort();
  await responder.configure({ address: '127.0.0.1', port: other });
  const there = { ...here, phone: await scriptedPhone(other) };
  expect(await afterAll(there, 'elsewhere')).toHaveLength(2);
});

test('a port that is taken, or an address that this box has not, is told once, and it listens when it can', async () => {
  const looks: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) =>
      ms < 10_000
        ? systemClock.sleep(ms, signal)
        : new Promise((resolve, reject) => {
            looks.push(resolve);
            signal?.addEventListener('abort', reject);
            if (signal?.aborted === true) reject(new Error('aborted'));
          }),
  };
  const here = await stage({ clock, isOn: false });
  const { responder, port, log } = here;
  const taker = createSocket('udp4');
  await new Promise<void>((resolve) => {
    taker.bind({ address: '224.0.1.75', port, exclusive: true }, resolve);
  });
  await responder.configure({ address: '127.0.0.1', port });
  expect(log).toEqual([expect.stringMatching(/pnp does not listen.*EADDRINUSE/) as string]);
  looks.shift()?.();
  await expect.poll(() => looks.length, PATIENT).toBe(1);
  expect(log).toHaveLength(1);
  await new Promise<void>((resolve) => {
    taker.close(resolve);
  });
  looks.shift()?.();
  await expect.poll(() => log.at(-1), PATIENT).toContain('pnp listens');
  expect(await afterAll(here, 'a')).toHaveLength(2);
  await responder.configure({ address: '192.0.2.77', port });
  expect(log.at(-1)).toContain('no interface of this box has the address 192.0.2.77');
});

test('beside a PBX that has the port at this address, answers come from another one', async () => {
  const here = await stage({ isOn: false });
  const pbx = createSocket('udp4');
  onTestFinished(() => {
    pbx.close();
  });
  await new Promise<void>((resolve) => {
    pbx.bind({ address: '127.0.0.1', port: here.port, exclusive: true }, resolve);
  });
  await here.responder.configure({ address: '127.0.0.1', port: here.port });
  expect(await afterAll(here, 'a')).toHaveLength(2);
  expect(here.log.find((line) => line.includes('pnp listens'))).not.toContain(`"answersFrom":${here.port}`);
});

test('it hears any noise and goes on', async () => {
  const here = await stage();
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 1400 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(`SUBSCRIBE sip:MAC${ENROLLED}@x${text}`)),
  );
  for (const noise of fc.sample(bytes, { numRuns: 100, seed: 7 })) here.phone.shout(Buffer.from(noise));
  expect(await afterAll(here, 'a')).toHaveLength(2);
});
