/** RFC 3261 §17.1.2.1: T1 doubles up to T2; once a provisional answer came, every T2. */
const T1_MS = 500;
const T2_MS = 4000;

/**
 * Timer E for messages over UDP, which sip.js 0.21.2 lacks (its own source says so): without it one lost datagram is an
 * answer after 32 s. Keyed by the branch of the message's Via; whoever sends stops it when the transaction is over.
 */
export class Retransmission {
  readonly #send: (message: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #messages = new Map<string, string>();

  constructor(send: (message: string) => void) {
    this.#send = send;
  }

  start(branch: string, message: string): void {
    this.#messages.set(branch, message);
    this.#schedule(branch, T1_MS);
  }

  /** A provisional answer: the other side has it, and is slow. */
  slowDown(branch: string): void {
    if (this.#messages.has(branch)) this.#schedule(branch, T2_MS);
  }

  stop(branch: string): void {
    clearTimeout(this.#timers.get(branch));
    this.#timers.delete(branch);
    this.#messages.delete(branch);
  }

  stopAll(): void {
    for (const branch of [...this.#messages.keys()]) this.stop(branch);
  }

  #schedule(branch: string, delayMs: number): void {
    clearTimeout(this.#timers.get(branch));
    const timer = setTimeout(() => {
      const message = this.#messages.get(branch);
      if (message === undefined) return;
      this.#send(message);
      this.#schedule(branch, Math.min(delayMs * 2, T2_MS));
    }, delayMs);
    timer.unref();
    this.#timers.set(branch, timer);
  }
}
