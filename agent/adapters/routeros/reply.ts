import type { Command } from '../../ports.ts';
import type { Row } from '../../core/row.ts';
import type { SharedTexts } from './shared-texts.ts';

/** One sentence from the router, taken apart (MikroTik manual "API", section "Reply word"). */
export interface ReplySentence {
  /** `!re`, `!done`, `!trap`, `!fatal`, `!empty`, or a word of a later version. */
  readonly word: string;
  /** The tag of the command it answers; null when none was given back. */
  readonly tag: string | null;
  readonly attributes: Row;
  /** Words that are neither attribute nor API attribute: the reason of `!fatal`. */
  readonly text: string;
}

/** Takes a sentence apart. Names of columns, and values that many rows have (`false`, an action, a list), are shared. */
export function parseReply(words: readonly string[], shared: SharedTexts): ReplySentence {
  const attributes = new Map<string, string>();
  const text: string[] = [];
  let tag: string | null = null;
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word.startsWith('=')) {
      const equals = word.indexOf('=', 1);
      if (equals > 0) attributes.set(shared.share(word.slice(1, equals)), valueOf(word, equals + 1, shared));
      else attributes.set(shared.share(word.slice(1)), '');
    } else if (word.startsWith('.tag=')) tag = word.slice('.tag='.length);
    else text.push(word);
  }
  return { word: words[0] ?? '', tag, attributes, text: text.join(' ') };
}

/** Ids and addresses are each a row's own: they would only push the others out. */
function valueOf(word: string, from: number, shared: SharedTexts): string {
  const value = word.slice(from);
  return /^[*\d]/.test(value) ? value : shared.share(value);
}

/** The words of a command in the order RouterOS wants: path, attributes, queries (whose order matters), tag. */
export function commandWords(command: Command, tag: string): string[] {
  const words = [command.path];
  for (const [name, value] of Object.entries(command.attributes ?? {})) words.push(`=${name}=${value}`);
  for (const query of command.queries ?? []) words.push(`?${query}`);
  words.push(`.tag=${tag}`);
  return words;
}
