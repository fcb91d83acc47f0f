import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Framing } from './framing.ts';
import { MAX_MESSAGE_BYTES } from './wire.ts';

const message = (body: string, name = 'Content-Length'): string =>
  `SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKa\r\n${name}: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('SIP over a stream', () => {
  it('is cut by Content-Length wherever the chunks end', () => {
    const messages = [message(''), message('ñandú\r\n\r\nx', 'l'), message('3', 'CONTENT-LENGTH ')];
    // Keep-alives stand between messages.
    const bytes = Buffer.from(`\r\n\r\n${messages.join('\r\n')}`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length })), (cuts) => {
        const framing = new Framing();
        const ends = [...cuts, bytes.length].sort((one, other) => one - other);
        const found = ends.flatMap((end, at) => framing.push(bytes.subarray(ends[at - 1] ?? 0, end)));
        expect(found).toEqual(messages);
      }),
    );
  });

  it('without Content-Length, or too long, is the end of the stream', () => {
    expect(() => new Framing().push(Buffer.from('SIP/2.0 200 OK\r\nVia: x\r\n\r\n'))).toThrow(/Content-Length/);
    expect(() => new Framing().push(Buffer.from('SIP/2.0 200 OK\r\nContent-Length: 999999999\r\n\r\n'))).toThrow(
      /long/,
    );
    expect(() => new Framing().push(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 'a'))).toThrow(/long/);
  });
});
