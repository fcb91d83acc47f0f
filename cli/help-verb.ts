import type { Command } from 'commander';

/** What `help` was asked about: a verb, or the first word that names none there. */
export type HelpAsked = { readonly verb: Command } | { readonly unknown: string; readonly at: Command };

/**
 * `help VERB…` and `VERB help VERB…`, as deep as verbs go: commander's own reads one word and takes any for known.
 * Null where the line asks for no help this way. `args` have their global options first.
 */
export function helpAsked(program: Command, args: readonly string[]): HelpAsked | null {
  const words = args.filter((arg, at) => !isGlobal(arg) && !/^--(config|lang)$/.test(args[at - 1] ?? ''));
  let verb = program;
  let isHelp = false;
  for (const word of words) {
    if (!isHelp && word === 'help' && verb.commands.length > 0) {
      isHelp = true;
      continue;
    }
    if (word === '-h' || word === '--help') continue;
    const next = verb.commands.find((command) => command.name() === word);
    if (next === undefined) return isHelp ? { unknown: word, at: verb } : null;
    verb = next;
  }
  return isHelp ? { verb } : null;
}

function isGlobal(arg: string): boolean {
  return /^--(config|lang)(=|$)/.test(arg);
}
