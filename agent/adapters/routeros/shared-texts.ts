/** So many different texts are shared; a router that sends more of them in one go starts the table anew. */
const MAX_TEXTS = 4096;
/** Longer ones are hardly ever the same twice. */
const MAX_LENGTH = 24;

/**
 * Gives equal short texts as one object. A table of thousands of rows has a dozen different names and mostly the same few
 * values, and it is kept until the next read.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  share(text: string): string {
    if (text.length > MAX_LENGTH) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
