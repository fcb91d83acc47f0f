/** One element of a phone's XML: its attributes, and its text or its children. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Reads a document as phones do: elements, attributes, text, the five entities and numbers. Null when it is not one. */
export function parseXml(text: string): Element | null {
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' };
  const open: Open[] = [root];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== at) return null;
    at += match[0].length;
    const [, slash, name, attributes = '', isEmpty, characters] = match;
    const top = open.at(-1);
    if (top === undefined) return null;
    if (characters !== undefined) top.text += plain(characters);
    else if (name === undefined) continue;
    else if (slash === '/') {
      if (open.pop()?.name !== name || open.length === 0) return null;
    } else {
      const element: Open = { name, attributes: attributesOf(attributes), children: [], text: '' };
      top.children.push(element);
      if (isEmpty !== '/') open.push(element);
    }
  }
  return at === text.length && open.length === 1 ? (root.children[0] ?? null) : null;
}

/** The element of that name below, or null. */
export function child(element: Element | null, name: string): Element | null {
  return element?.children.find((each) => each.name === name) ?? null;
}

interface Open extends Element {
  readonly children: Open[];
  text: string;
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name = '', double, single]) => [
      name,
      plain(double ?? single ?? ''),
    ]),
  );
}

function plain(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name ?? ''] ?? whole;
  });
}
