const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** A value that cannot be printed, logged or serialised by accident (I9). Only `reveal()` gives it, at the place of use. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [INSPECT](): string {
    return '[secret]';
  }
}
