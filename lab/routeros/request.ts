/** One API sentence, taken apart (RouterOS manual, "API"). */
export interface Request {
  readonly path: string;
  readonly menu: string;
  readonly command: string;
  readonly tag: string | null;
  readonly attributes: ReadonlyMap<string, string>;
  /** Matchers to take away: `=!dst-port=`. */
  readonly removed: readonly string[];
  /** Query words without their `?`, in order. */
  readonly queries: readonly string[];
}

/** Reads a sentence's words. Attribute words have no order, query words have; a word it cannot read is passed over. */
export function readRequest(words: readonly string[]): Request {
  const [path = '', ...rest] = words;
  const attributes = new Map<string, string>();
  const removed: string[] = [];
  const queries: string[] = [];
  let tag: string | null = null;
  for (const word of rest) {
    if (word.startsWith('?')) queries.push(word.slice(1));
    else if (word.startsWith('.tag=')) tag = word.slice(5);
    else if (word.startsWith('=')) {
      const end = word.indexOf('=', 1);
      const name = end < 0 ? word.slice(1) : word.slice(1, end);
      if (name.startsWith('!')) removed.push(name.slice(1));
      else attributes.set(apiName(name), end < 0 ? '' : word.slice(end + 1));
    }
  }
  const cut = path.lastIndexOf('/');
  return { path, menu: path.slice(0, cut), command: path.slice(cut + 1), tag, attributes, removed, queries };
}

/** The API's names for the console's: `.id` is `numbers`, `.proplist` is `proplist`. */
function apiName(name: string): string {
  if (name === '.id') return 'numbers';
  return name === '.proplist' ? 'proplist' : name;
}
