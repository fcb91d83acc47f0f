import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serverSentEvent } from '../../core/server-sent-event.ts';
import { frameReader } from './frames.js';

test('what the server writes is read whole, wherever the pieces end', () => {
  const event = fc.record({
    seq: fc.nat(),
    at: fc.constant('2026-03-01T12:00:00Z'),
    type: fc.constantFrom('operation.held', 'router.changed'),
    subject: fc.string(),
    data: fc.record({
      detail: fc.string({
        unit: fc.constantFrom('a', '\n', '\r', ':', ' ', '"', '\\', 'ñ', '\u2028', '\u{1f4de}'),
        maxLength: 20,
      }),
    }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 3 }), fc.array(fc.nat(400), { maxLength: 6 }), (events, cuts) => {
      const text = `retry: 2000\n\n: alive\n\n${events.map(serverSentEvent).join('')}`;
      const reader = frameReader();
      const ends = [...new Set([...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort((a, b) => a - b);
      const frames = ends.flatMap((end, at) => reader.push(text.slice(ends[at - 1] ?? 0, end)));
      expect(frames.map(({ data }) => JSON.parse(data) as unknown)).toEqual(events);
      expect(frames.map(({ id }) => id)).toEqual(events.map(({ seq }) => String(seq)));
    }),
  );
});

test('data may have several lines, and comments are left out', () => {
  const reader = frameReader();
  expect(reader.push(': alive\n\nid: 7\ndata: a\ndata:b\n\n')).toEqual([{ id: '7', data: 'a\nb' }]);
});
