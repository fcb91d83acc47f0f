const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
]);

/**
 * Text as XML character data that any parser reads back exactly (XML 1.0 §2.4): the five characters with names, for
 * quotes are no harm in character data, and a phone's parser may be less than one. What XML cannot carry at all was
 * refused before.
 */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
