import { lengthOf, parseMessage, type Header, type SipMessage } from './message.ts';

const MAX_BYTES = 65_536;

/** One message with the bytes it came in. */
export interface Framed {
  readonly message: SipMessage;
  readonly bytes: Buffer;
}

/**
 * Cuts a TCP stream into messages by Content-Length (RFC 3261 §18.3); empty lines between messages are keep-alives
 * (RFC 5626 §3.5.1). What is no SIP throws SyntaxError: the connection is of no more use.
 */
export class MessageStream {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Framed[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const framed: Framed[] = [];
    for (;;) {
      this.#skipEmptyLines();
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        if (this.#bytes.length > MAX_BYTES) throw new SyntaxError('headers without an end');
        return framed;
      }
      const total = end + 4 + bodyLength(this.#bytes.subarray(0, end).toString('utf8'));
      if (total > MAX_BYTES) throw new SyntaxError('a message too large');
      if (this.#bytes.length < total) return framed;
      const bytes = this.#bytes.subarray(0, total);
      this.#bytes = this.#bytes.subarray(total);
      framed.push({ message: parseMessage(bytes), bytes });
    }
  }

  #skipEmptyLines(): void {
    while (this.#bytes.length >= 2 && this.#bytes[0] === 13 && this.#bytes[1] === 10) {
      this.#bytes = this.#bytes.subarray(2);
    }
  }
}

function bodyLength(head: string): number {
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line): Header => {
      const [name = '', ...value] = line.split(':');
      return [name.trim(), value.join(':').trim()];
    });
  const length = lengthOf(headers);
  if (length === null) throw new SyntaxError('no Content-Length on a stream');
  return length;
}
