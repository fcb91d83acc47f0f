/** A socket to one place, UDP or TCP, with whole SIP messages in and out. */
export interface Wire {
  /** As Via names it. */
  readonly protocol: 'UDP' | 'TCP' | 'TLS';
  /** UDP loses messages: what is unanswered is sent again. */
  readonly isReliable: boolean;
  /** Our own address and port on this way, as Via and Contact name it. */
  readonly sentBy: string;
  /** Fire and forget; a failure ends the wire. */
  send(message: string): void;
  close(): void;
}

export interface WireEvents {
  onMessage(message: string): void;
  /** The socket is gone, and why in a person's words. At most once, and never after `close`. */
  onEnd(detail: string): void;
}

export interface WireAddress {
  /** An IP address. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

/** More than any answer to a REGISTER: hundreds of bindings fit. What is larger is not read. */
export const MAX_MESSAGE_BYTES = 262_144;
