import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { ConfigError, type ConfigFault, type ConfigProblem } from './fault.ts';

const LIMIT_BYTES = 1024 * 1024;
/** Aliases may be resolved so often; more is an attack on our memory, not a configuration. */
const LIMIT_ALIASES = 100;

export type Path = readonly string[];

/** A parsed configuration file that still knows where everything stands. */
export class ConfigSource {
  readonly file: string;
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  private constructor(file: string, document: Document, lines: LineCounter, value: unknown) {
    this.file = file;
    this.value = value;
    this.#document = document;
    this.#lines = lines;
  }

  /** Parses YAML 1.2 or JSON; duplicate keys, custom tags and broken syntax are refused with their place. */
  static parse(file: string, text: string): ConfigSource {
    const at = (offset: number, lines: LineCounter, fault: ConfigFault): ConfigProblem => {
      const { line, col } = lines.linePos(offset);
      return { file, line: Math.max(1, line), column: Math.max(1, col), path: '', fault };
    };
    const lines = new LineCounter();
    if (Buffer.byteLength(text) > LIMIT_BYTES) {
      throw new ConfigError([at(0, lines, { kind: 'too-large', limitBytes: LIMIT_BYTES })]);
    }
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true });
    const broken = [...document.errors, ...document.warnings];
    if (broken.length > 0) {
      throw new ConfigError(
        broken.map(({ pos, code, message }) => at(pos[0], lines, { kind: 'syntax', detail: message, code })),
      );
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount: LIMIT_ALIASES });
      return new ConfigSource(file, document, lines, value ?? {});
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new ConfigError([at(0, lines, { kind: 'syntax', detail, code: null })]);
    }
  }

  /** A problem at the value of a path, or at what is left of the path. */
  problem(path: Path, fault: ConfigFault): ConfigProblem {
    return this.#at(path, this.#nodeAt(path), fault);
  }

  /** A problem at a key itself. */
  problemAtKey(path: Path, key: string, fault: ConfigFault): ConfigProblem {
    const map = this.#nodeAt(path);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : null;
    return this.#at([...path, key], isScalar(pair?.key) ? pair.key : map, fault);
  }

  #at(path: Path, node: Node | null, fault: ConfigFault): ConfigProblem {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col), path: path.join('.'), fault };
  }

  /** The node at a path; where it ends early, the last one that is there. */
  #nodeAt(path: Path): Node | null {
    let node: Node | null = this.#document.contents;
    for (const key of path) {
      const next: unknown = isMap(node) ? node.get(key, true) : isSeq(node) ? node.get(Number(key), true) : null;
      const resolved = isAlias(next) ? next.resolve(this.#document) : next;
      if (!isMap(resolved) && !isSeq(resolved) && !isScalar(resolved)) return node;
      node = resolved;
    }
    return node;
  }
}
