import { ConsoleError } from './tree.ts';

const WORD = /^[A-Za-z0-9_.,:/@!*-]$/;

/** Reads a script character by character: blanks, quotes with their escapes, words, and where a statement ends. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  /** `\` at the end of a line joins it with the next one (manual, "Scripting", "Line joining"). */
  constructor(script: string) {
    if (/[^\n\r\t\x20-\x7e]/.test(script)) throw new ConsoleError('not ASCII');
    this.#text = script.replace(/\\\r?\n/g, '');
  }

  get isEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The line reached, for messages. */
  get line(): number {
    return this.#text.slice(0, this.#at).split('\n').length;
  }

  peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** Takes a text when it is next, after blanks. */
  take(text: string): boolean {
    this.blanks();
    if (!this.peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected ${text}`);
  }

  blanks(): void {
    while (/^[ \t]$/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  /** Blanks, ends of lines, `;` and whole-line comments. */
  separators(): void {
    for (;;) {
      const next = this.#text.charAt(this.#at);
      if (/^[ \t\r\n;]$/.test(next)) this.#at += 1;
      else if (next === '#') while (!this.isEnd && !this.peek('\n')) this.#at += 1;
      else return;
    }
  }

  /** True where a command's arguments end. */
  isStatementEnd(): boolean {
    this.blanks();
    return this.isEnd || /^[;\r\n\]})]$/.test(this.#text.charAt(this.#at));
  }

  /** A run of characters that belong to one bare word; '' for none. */
  word(): string {
    this.blanks();
    const from = this.#at;
    while (!this.isEnd && WORD.test(this.#text.charAt(this.#at)) && !this.peek('!=')) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  /** A name: of a property, a variable, an argument. */
  name(): string {
    this.blanks();
    const found = /^[A-Za-z][A-Za-z0-9-]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    if (found === '') this.fail('expected a name');
    this.#at += found.length;
    return found;
  }

  /** The name that is next, without taking it. */
  nextName(): string {
    this.blanks();
    return /^[A-Za-z][A-Za-z0-9-]*/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0] ?? '';
  }

  /** True when a name and `=` (and no `==`) are next: an argument. */
  isArgument(): boolean {
    this.blanks();
    return /^[A-Za-z][A-Za-z0-9-]*=/.test(this.#text.slice(this.#at, this.#at + 80));
  }

  /** A quoted text: `\"`, `\\`, `\n`, `\r`, `\t`, `\$`, `\?`, `\HH` (manual, "Constant escape sequences"). */
  quoted(): string {
    this.expect('"');
    let value = '';
    for (;;) {
      if (this.isEnd) this.fail('a quote is not closed');
      const next = this.#text.charAt(this.#at);
      this.#at += 1;
      if (next === '"') return value;
      if (next === '$') this.fail('a variable within quotes');
      value += next === '\\' ? this.#escape() : next;
    }
  }

  #escape(): string {
    const hex = /^[0-9A-F]{2}/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0];
    if (hex !== undefined) {
      this.#at += 2;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const next = this.#text.charAt(this.#at);
    this.#at += 1;
    const known = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$', '?': '?' }[next];
    return known ?? this.fail(`unknown escape \\${next}`);
  }

  fail(what: string): never {
    const rest = JSON.stringify(this.#text.slice(this.#at, this.#at + 40));
    throw new ConsoleError(`line ${String(this.line)}: ${what} at ${rest}`);
  }
}
