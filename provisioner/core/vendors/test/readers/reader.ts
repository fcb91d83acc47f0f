import { DOMParser, onErrorStopParsing, type Element } from '@xmldom/xmldom';

/** What a phone would make of one line: read by a parser that shares nothing with the renderers. */
export interface ReadLine {
  readonly number: string | undefined;
  readonly authUser: string | undefined;
  readonly displayName: string | undefined;
  readonly key: string | undefined;
  readonly isActive: boolean;
}

/**
 * All lines that the dialect has names for, the first one first, as its phone would read them from the bytes of the file
 * with the lines. Throws for what such a phone would not take.
 */
export type Reader = (bytes: Buffer) => readonly ReadLine[];

/** The root of a document; throws for one that is not well-formed. */
export function rootOf(text: string): Element {
  const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml').documentElement;
  if (root === null) throw new Error('no root element');
  return root;
}

export function childrenOf(element: Element): readonly Element[] {
  return Array.from(element.children);
}

/** Entries as a map; throws where a name stands twice, for what a phone makes of that is not known. */
export function onlyOnce(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const map = new Map(entries);
  if (map.size !== entries.length) throw new Error('a setting stands twice');
  return map;
}
