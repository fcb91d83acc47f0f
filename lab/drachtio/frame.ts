/** `<decimal bytes>#<payload>`, nothing between frames: how drachtio-server and its applications talk on port 9022. */
export function frame(payload: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(payload)}#${payload}`);
}

/** Payload = `id|kind|…`, and CRLF with a SIP message where one follows. */
export interface Payload {
  readonly id: string;
  readonly kind: string;
  /** The fields after the kind. */
  readonly fields: readonly string[];
  /** The SIP message, or empty. */
  readonly sip: string;
}

/** Takes a payload apart. A message that is not there is empty. */
export function payloadOf(text: string): Payload {
  const end = text.indexOf('\r\n');
  const meta = end < 0 ? text : text.slice(0, end);
  const [id = '', kind = '', ...fields] = meta.split('|');
  return { id, kind, fields, sip: end < 0 ? '' : text.slice(end + 2) };
}

/** Cuts a stream into payloads. More than five length digits, or none, throw SyntaxError: the server then hangs up. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): string[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const payloads: string[] = [];
    for (;;) {
      const hash = this.#bytes.indexOf('#');
      const digits = this.#bytes.subarray(0, hash < 0 ? undefined : hash).toString('latin1');
      if (digits.length > 5 || !/^\d*$/.test(digits) || hash === 0) throw new SyntaxError('no frame length');
      if (hash < 0) return payloads;
      const end = hash + 1 + Number(digits);
      if (this.#bytes.length < end) return payloads;
      payloads.push(this.#bytes.subarray(hash + 1, end).toString('utf8'));
      this.#bytes = this.#bytes.subarray(end);
    }
  }
}
