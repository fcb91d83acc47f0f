import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { openExistingStore, storeFile } from '../data-folder.ts';
import type { Io } from '../invocation.ts';
import { candidatesFor } from './candidates.ts';
import { hasIds, idsOf } from './ids.ts';

/**
 * Prints what could stand in place of the last word, a line each. Someone is typing: whatever goes wrong is silence and no
 * message, and a store that does not exist is not made.
 */
export async function complete(program: Command, words: readonly string[], io: Io): Promise<void> {
  // Bash breaks words at `=`: `--lang=es` comes as three.
  const typed = words.filter((word) => word !== '=');
  const last = typed.at(-1) ?? '';
  const found = await lookUp(program, typed, last, io).catch(() => []);
  const lines = found.filter((word) => word.startsWith(last) && /^[\x21-\x7e]+$/.test(word));
  if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
}

async function lookUp(program: Command, typed: readonly string[], last: string, io: Io): Promise<readonly string[]> {
  const candidates = candidatesFor(program, typed);
  switch (candidates.kind) {
    case 'none':
      return [];
    case 'words':
      return candidates.words;
    case 'ids': {
      if (!hasIds(candidates.of)) return candidates.also;
      const ids = await idsInStore(candidates.of, last, configOf(typed), io).catch(() => []);
      return [...candidates.also, ...ids];
    }
  }
}

async function idsInStore(kind: string, prefix: string, config: string | null, io: Io): Promise<readonly string[]> {
  const loaded = loadConfig(config, io.cwd);
  if (!existsSync(storeFile(loaded))) return [];
  const store = openExistingStore(loaded);
  try {
    return await idsOf(kind, prefix, store, loaded);
  } finally {
    store.close();
  }
}

/** `--config FILE` among the words typed so far. */
function configOf(words: readonly string[]): string | null {
  const at = words.indexOf('--config');
  return at === -1 || at + 1 >= words.length - 1 ? null : (words[at + 1] ?? null);
}
