interface Strike {
  readonly at: number;
  readonly run: () => void;
}

/** What happens in the middle of work: when a router has served so many commands. */
export class Strikes {
  readonly #waiting: Strike[] = [];

  /** Runs `run` at this command; the returned function takes it back. */
  add(at: number, run: () => void): () => void {
    const strike = { at, run };
    this.#waiting.push(strike);
    return () => {
      this.#drop(strike);
    };
  }

  /** So many commands were served. */
  served(commands: number): void {
    for (const strike of this.#waiting.filter(({ at }) => at <= commands)) {
      this.#drop(strike);
      strike.run();
    }
  }

  #drop(strike: Strike): void {
    const at = this.#waiting.indexOf(strike);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}
