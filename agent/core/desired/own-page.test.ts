import { expect, test } from 'vitest';
import { ownPage } from './own-page.ts';

const DAY_MS = 86_400_000;
const LINK = 'https://clientes.example.net/l/x7Kq2Lm9Pz4Rt8Vw/';
const WHO = { kind: 'cutoff', subscriber: 's1' } as const;

test('a page with a login token gives way to the template’s 181 days after it was given, and that moment is told ahead', () => {
  const changes: number[] = [];
  const since = Date.parse('2026-01-31T12:00:00Z');
  expect(ownPage(LINK, WHO, since, since + 180 * DAY_MS, changes)).toEqual({ url: LINK, hasExpired: false });
  expect(changes).toEqual([since + 181 * DAY_MS]);
  expect(ownPage(LINK, WHO, since, since + 181 * DAY_MS, [])).toEqual({ url: null, hasExpired: true });
});

test('never later than six months by the calendar, whatever the month', () => {
  for (let day = 0; day < 366; day += 1) {
    const since = Date.UTC(2027, 8, 1) + day * DAY_MS;
    const until = new Date(since);
    until.setUTCMonth(until.getUTCMonth() + 6);
    const changes: number[] = [];
    ownPage(LINK, WHO, since, since, changes);
    expect(changes[0]).toBeLessThanOrEqual(until.getTime());
  }
});

test('a page without a token never ends, nor does one that names the subscriber by a long id', () => {
  const changes: number[] = [];
  const far = 3650 * DAY_MS;
  for (const [url, subscriber] of [
    ['https://isp.example/corte/', 's1'],
    ['https://isp.example/corte/cliente0001234567890/', 'cliente0001234567890'],
  ] as const)
    expect(ownPage(url, { kind: 'cutoff', subscriber }, 0, far, changes)).toEqual({ url, hasExpired: false });
  expect(ownPage(undefined, WHO, 0, far, changes)).toEqual({ url: null, hasExpired: false });
  expect(changes).toEqual([]);
});
