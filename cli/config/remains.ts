import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, parseDocument } from 'yaml';

/** What can still be read of a configuration that is broken: enough to find the database. */
export interface ConfigRemains {
  readonly file: string;
  /** When the file was last written, ms. */
  readonly changedAt: number;
  readonly site: string | null;
  readonly dataDir: string | null;
}

/** Takes from a file that loadConfig refused what stands there all the same; null where no file can be read. */
export function readRemains(file: string): ConfigRemains | null {
  try {
    const text = readFileSync(file, 'utf8');
    const word = (key: string): string | null => wordOf(text, key);
    const dataDir = word('dataDir');
    return {
      file,
      changedAt: statSync(file).mtimeMs,
      site: word('site'),
      dataDir: dataDir === null ? null : resolve(dirname(file), dataDir),
    };
  } catch {
    return null;
  }
}

/** A word at the top of the document: as the parser has it, else from a line of its own, where the rest made it give up. */
function wordOf(text: string, key: string): string | null {
  const { contents } = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const node: unknown = isMap(contents) ? contents.get(key, true) : null;
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  const line = new RegExp(`^\\s{0,2}["']?${key}["']?\\s*:\\s*(?:"([^"\\n]+)"|'([^'\\n]+)'|([^\\s#,'"]+))`, 'm');
  const [, double, single, plain] = line.exec(text) ?? [];
  return double ?? single ?? plain ?? null;
}
