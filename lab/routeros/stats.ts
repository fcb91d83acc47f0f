/** What the router was asked, counted. */
export interface RouterStats {
  /** Sentences by path, refused ones too. */
  readonly commands: Readonly<Record<string, number>>;
  /** Rows written by menu: what a client changed, not what traffic or the router itself did. */
  readonly writes: Readonly<Record<string, number>>;
  readonly writesTotal: number;
  readonly sessionsOpen: number;
  readonly sessionsEver: number;
  readonly logins: number;
  /** The most commands that were received and not yet answered at one time, over all sessions. */
  readonly maxInFlight: number;
}

/** The counting behind `RouterStats`. */
export class Tally {
  readonly #commands = new Map<string, number>();
  readonly #writes = new Map<string, number>();
  readonly sessions = new Set<unknown>();
  sessionsEver = 0;
  logins = 0;
  #inFlight = 0;
  #maxInFlight = 0;

  received(path: string): void {
    this.#commands.set(path, (this.#commands.get(path) ?? 0) + 1);
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
  }

  settled(): void {
    this.#inFlight -= 1;
  }

  /** Everything under way is forgotten: the router has rebooted. */
  forget(): void {
    this.#inFlight = 0;
  }

  wrote(menu: string, rows: number): void {
    this.#writes.set(menu, (this.#writes.get(menu) ?? 0) + rows);
  }

  reset(): void {
    this.#commands.clear();
    this.#writes.clear();
    this.#maxInFlight = this.#inFlight;
    this.sessionsEver = 0;
    this.logins = 0;
  }

  read(): RouterStats {
    return {
      commands: Object.fromEntries(this.#commands),
      writes: Object.fromEntries(this.#writes),
      writesTotal: [...this.#writes.values()].reduce((sum, rows) => sum + rows, 0),
      sessionsOpen: this.sessions.size,
      sessionsEver: this.sessionsEver,
      logins: this.logins,
      maxInFlight: this.#maxInFlight,
    };
  }
}
