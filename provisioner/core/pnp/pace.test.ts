import { expect, test } from 'vitest';
import { MOST_TOLD, PnpPace } from './pace.ts';
import { pnpSubscribeOf, type PnpSubscribe } from './subscribe.ts';
import { subscribeText } from './test/subscribe-text.ts';

const SOURCE = { address: '192.0.2.40', port: 5080 };
const MAC = '001565aabb01';

function ask(callId: string, mac = MAC): PnpSubscribe {
  const read = pnpSubscribeOf(subscribeText({ 'Call-ID': callId }, `MAC${mac}`));
  if (read === null) throw new Error('not read');
  return read;
}

test('a SUBSCRIBE that comes again is the same exchange, with the same tag; another waits for the NOTIFY’s end', () => {
  const pace = new PnpPace();
  const judge = (callId: string, tag: string) => pace.judge(ask(callId), SOURCE, { enrolment: 'e1', tag, now: 0 });
  expect(judge('a', 't1')).toEqual({ kind: 'answer', tag: 't1' });
  expect(judge('a', 't2')).toEqual({ kind: 'repeat', tag: 't1' });
  expect(judge('b', 't3')).toEqual({ kind: 'wait' });
  pace.ended(MAC);
  expect(judge('a', 't4')).toEqual({ kind: 'repeat', tag: 't1' });
  expect(judge('b', 't5')).toEqual({ kind: 'answer', tag: 't5' });
});

test('one enrolment is told so often and no more, and the next one anew', () => {
  const pace = new PnpPace();
  const judge = (callId: string, enrolment: string): string => {
    const { kind } = pace.judge(ask(callId), SOURCE, { enrolment, tag: 't', now: 0 });
    pace.ended(MAC);
    return kind;
  };
  for (let n = 0; n < MOST_TOLD; n += 1) expect(judge(`a${n}`, 'e1')).toBe('answer');
  expect(judge('b', 'e1')).toBe('spent');
  expect(judge('b', 'e2')).toBe('answer');
});

test('of one second only so many are answered, whatever phones ask', () => {
  const pace = new PnpPace();
  const judge = (mac: string, now: number): string =>
    pace.judge(ask('a', mac), SOURCE, { enrolment: 'e1', tag: 't', now }).kind;
  const kinds = Array.from({ length: 60 }, (_, n) => judge(`0015650000${10 + n}`, 5));
  expect(kinds.filter((kind) => kind === 'answer')).toHaveLength(50);
  expect(judge('001565ffffff', 1004)).toBe('wait');
  expect(judge('001565ffffff', 1005)).toBe('answer');
});
