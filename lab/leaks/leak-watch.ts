import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shorter words stand in innocent texts too. */
const SHORTEST = 8;

/** A secret that was found where none may be; never the secret itself. */
export interface Leak {
  readonly where: string;
  /** Which secret, and in which spelling. */
  readonly what: string;
}

/**
 * Knows every secret that a test gives to the product, and looks for each in everything that comes out of it: as it is,
 * and as base64, hex and percent-encoding would hide it (I9). What is passed to `learn` is all it knows.
 */
export class LeakWatch {
  readonly #spellings = new Map<string, string>();
  readonly #leaks = new Map<string, Leak>();
  /** Spellings that the product's own files may hold. */
  readonly #stored = new Set<string>();
  #looked = 0;

  /** How much was looked at so far, in characters: a watch that saw nothing proves nothing. */
  get looked(): number {
    return this.#looked;
  }

  /** How many spellings of secrets are known. */
  get known(): number {
    return this.#spellings.size;
  }

  /** What was found so far. */
  get leaks(): readonly Leak[] {
    return [...this.#leaks.values()];
  }

  /**
   * `name` says which secret it is when it is found. `isStored`: the product keeps it as it was given, as a notice's page
   * is, which stands on the router too; it may not come out all the same.
   */
  learn(name: string, secret: string, isStored = false): void {
    if (secret.length < SHORTEST) return;
    const bytes = Buffer.from(secret);
    const percent = encodeURIComponent(secret);
    const spellings = {
      plain: secret,
      'JSON escapes': escaped(secret),
      'JSON in JSON': escaped(escaped(secret)),
      'percent-encoding': percent,
      'percent-encoding, small letters': percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      hex: bytes.toString('hex'),
      HEX: bytes.toString('hex').toUpperCase(),
      // As the bytes of a file are read: one character a byte.
      'UTF-8 bytes': bytes.toString('latin1'),
      'UTF-16 bytes': Buffer.from(secret, 'utf16le').toString('latin1'),
      ...base64Spellings(bytes),
    };
    for (const [spelling, text] of Object.entries(spellings)) {
      if (text.length < SHORTEST || this.#spellings.has(text)) continue;
      this.#spellings.set(text, `${name} (${spelling})`);
      if (isStored) this.#stored.add(text);
    }
  }

  /** Looks at a text that came out: a log line, an answer, a command line. */
  look(where: string, text: string): void {
    this.#lookFor(this.#spellings, where, text);
  }

  /** Looks at the bytes of every file of a folder, but those that `isKept` names: they are there to hold secrets. */
  lookAtFiles(folder: string, isKept: (path: string) => boolean): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // One character a byte: the spellings in bytes are so too.
      if (entry.isFile() && !isKept(path)) {
        const mayNot = [...this.#spellings].filter(([spelling]) => !this.#stored.has(spelling));
        this.#lookFor(mayNot, `file ${entry.name}`, readFileSync(path, 'latin1'));
      }
    }
  }

  /** Looks at the command lines of every process there is. */
  lookAtProcessList(): void {
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      this.look('process list', textOf(`/proc/${id}/cmdline`));
    }
  }

  /** Looks at the environment of a process: not for one that is given secrets by it, as the configuration may ask. */
  lookAtEnvironment(pid: number): void {
    this.look('environment', textOf(`/proc/${pid}/environ`));
  }

  #lookFor(spellings: Iterable<readonly [string, string]>, where: string, text: string): void {
    this.#looked += text.length;
    for (const [spelling, what] of spellings) {
      if (text.includes(spelling)) this.#leaks.set(`${where} ${what}`, { where, what });
    }
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Base64 of a text inside a longer one depends on where it begins: three ways, without the bytes at its edges. */
function base64Spellings(bytes: Buffer): Readonly<Record<string, string>> {
  const spellings: Record<string, string> = {};
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = shifted.slice(shift === 0 ? 0 : shift + 1, -1);
    spellings[`base64 +${shift}`] = inner;
    spellings[`base64url +${shift}`] = inner.replace(/\+/g, '-').replace(/\//g, '_');
  }
  return spellings;
}

/** A process may end while it is looked at. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
