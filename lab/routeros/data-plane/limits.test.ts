import { expect, test } from 'vitest';
import { manualClock } from '../../clock.ts';
import { firstPacket } from './firewall.ts';
import { parseRate, TokenBuckets } from './limits.ts';
import type { Packet } from './packet.ts';

const from = (source: string): Packet =>
  firstPacket({
    protocol: 'udp',
    source,
    sourcePort: 1,
    destination: '198.51.100.53',
    destinationPort: 53,
    inInterface: 'bridge',
  });

test('a dst-limit by source address gives every source its own bucket', () => {
  const clock = manualClock();
  const buckets = new TokenBuckets(clock);
  const rate = parseRate('2,3,src-address/1m40s');
  if (rate === null) throw new Error('not read');
  const take = (source: string): boolean => buckets.take('*1', rate, from(source), false);
  expect([1, 2, 3, 4].map(() => take('100.64.0.1'))).toEqual([true, true, true, false]);
  expect(take('100.64.0.2')).toBe(true);
  clock.advance(500);
  expect([take('100.64.0.1'), take('100.64.0.1')]).toEqual([true, false]);
});

test('looking takes nothing', () => {
  const buckets = new TokenBuckets(manualClock());
  const rate = parseRate('1,1:packet');
  if (rate === null) throw new Error('not read');
  for (let i = 0; i < 5; i += 1) expect(buckets.take('*1', rate, from('100.64.0.1'), true)).toBe(true);
  expect(buckets.take('*1', rate, from('100.64.0.1'), false)).toBe(true);
  expect(buckets.take('*1', rate, from('100.64.0.9'), false)).toBe(false);
});

test('rates are read with their time', () => {
  expect(parseRate('10/1m,5,src-address')?.perMs).toBeCloseTo(10 / 60_000);
  expect(parseRate('nonsense')).toBeNull();
});
