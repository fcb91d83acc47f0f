import { MAX_MESSAGE_BYTES } from './wire.ts';

const END_OF_HEADERS = '\r\n\r\n';
const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$/im;

/**
 * Cuts a TCP stream into SIP messages by Content-Length (RFC 3261 §18.3); blank lines between them are keep-alives
 * (RFC 5626 §3.5.1). Bytes are kept as latin-1 until a message is whole, then read as UTF-8.
 */
export class Framing {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * Takes the next chunk; returns the messages it completes.
   *
   * @throws Error for a message without Content-Length or larger than MAX_MESSAGE_BYTES: the stream cannot be cut on.
   */
  push(chunk: Buffer): readonly string[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: string[] = [];
    for (;;) {
      let start = 0;
      while (this.#rest[start] === 0x0d || this.#rest[start] === 0x0a) start += 1;
      if (start > 0) this.#rest = this.#rest.subarray(start);
      const headersEnd = this.#rest.indexOf(END_OF_HEADERS);
      if (headersEnd === -1) {
        if (this.#rest.length > MAX_MESSAGE_BYTES) throw new Error('the headers of an answer are too long');
        return messages;
      }
      const length = CONTENT_LENGTH.exec(this.#rest.toString('latin1', 0, headersEnd).replaceAll('\r\n', '\n'))?.[1];
      if (length === undefined) throw new Error('an answer over TCP has no Content-Length');
      const end = headersEnd + END_OF_HEADERS.length + Number(length);
      if (end > MAX_MESSAGE_BYTES) throw new Error('an answer is too long');
      if (this.#rest.length < end) return messages;
      messages.push(this.#rest.toString('utf8', 0, end));
      this.#rest = this.#rest.subarray(end);
    }
  }
}
