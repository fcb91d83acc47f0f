import pino from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { DoctorDesk } from '../../doctor/desk.ts';

/** A desk whose one doctor fails, and what it asks for after that. */
async function failing(meanwhile: (desk: DoctorDesk) => void): Promise<number> {
  let due = 0;
  const desk: DoctorDesk = new DoctorDesk({
    router: 'r0',
    store: {
      openOperations: () => Promise.resolve([]),
      recordDoctor: () => Promise.resolve(),
      advanceOperations: () => Promise.resolve(),
    },
    clock: systemClock,
    commandTimeoutMs: 1000,
    examine: () => {
      meanwhile(desk);
      return Promise.reject(new Error('no'));
    },
    onDue: () => {
      due += 1;
    },
    log: pino({ level: 'silent' }),
  });
  const asked = desk.ask();
  desk.attend();
  await asked;
  // The failure is noted after those who asked were let go; nothing in between waits for more than a promise.
  await new Promise(setImmediate);
  return due;
}

test('a doctor that failed is tried again after the next pass, and asks for none', async () => {
  expect(await failing(() => undefined)).toBe(0);
});

test.each([
  [
    'an operation',
    (desk: DoctorDesk) => {
      desk.call();
    },
  ],
  [
    'a caller',
    (desk: DoctorDesk) => {
      void desk.ask();
    },
  ],
])('a doctor that %s asked for while another was failing is due at once', async (_who, meanwhile) => {
  expect(await failing(meanwhile)).toBe(1);
});
