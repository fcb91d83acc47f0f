/**
 * A key for the provider's portals and the softphone (IPLAN: “importante no confundir”). It can be compared with a SIP key and
 * nothing else: there is no way to its text, so none can be stored, served, logged or given where a SIP key is wanted.
 */
export class WebKey {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.trim();
  }

  isAmong(sipKeys: ReadonlySet<string>): boolean {
    return sipKeys.has(this.#text);
  }
}

/** Where a file says keys: a web key and the SIP key of the same row, '' for none. */
export interface KeyCells {
  readonly line: number;
  readonly webKey: WebKey;
  readonly sipKey: string;
}

/**
 * Lines whose web key is a SIP key of the file, of whichever row: such a key opens the portal to whoever has a phone's
 * configuration in hand. The keys themselves are not said.
 */
export function confusedLines(rows: readonly KeyCells[]): readonly number[] {
  const sipKeys = new Set(rows.map(({ sipKey }) => sipKey.trim()).filter((key) => key !== ''));
  return rows.filter(({ webKey }) => webKey.isAmong(sipKeys)).map(({ line }) => line);
}
