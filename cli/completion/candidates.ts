import type { Argument, Command, Option } from 'commander';

/** What could stand at the place of the last word. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Ids that the store knows, by what the argument is called: `router`, `subscriber`, `mac`, `number`, … */
  | { readonly kind: 'ids'; readonly of: string; readonly also: readonly string[] }
  /** Nothing that we know of: the shell may offer files. */
  | { readonly kind: 'none' };

const NONE: Candidates = { kind: 'none' };

/** Reads the verbs' own definitions, so that a new verb or option completes without a word here. */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const last = words.at(-1) ?? '';
  let verb = program;
  let positions = 0;
  let expecting: Option | null = null;
  for (const word of words.slice(0, -1)) {
    if (expecting !== null) expecting = null;
    else if (word.startsWith('-')) expecting = valueOption(verb, program, word);
    else {
      const below: Command | undefined = positions === 0 ? childOf(verb, word) : undefined;
      if (below === undefined) positions += 1;
      else verb = below;
    }
  }
  if (expecting !== null) return ofOption(expecting);
  if (last.startsWith('-')) return { kind: 'words', words: optionsOf(verb, program) };
  const verbs = positions === 0 ? verb.commands.map((child) => child.name()) : [];
  const argument = argumentAt(verb, positions);
  return argument === undefined ? { kind: 'words', words: verbs } : ofArgument(argument, verbs);
}

function childOf(verb: Command, word: string): Command | undefined {
  return verb.commands.find((child) => child.name() === word);
}

function valueOption(verb: Command, program: Command, word: string): Option | null {
  const found = [...verb.options, ...program.options].find((option) => option.long === word || option.short === word);
  return found !== undefined && (found.required || found.optional) ? found : null;
}

function optionsOf(verb: Command, program: Command): readonly string[] {
  const longs = [...verb.options, ...program.options].flatMap((option) => option.long ?? []);
  return [...new Set([...longs, '--help'])];
}

function ofOption(option: Option): Candidates {
  if (option.argChoices !== undefined) return { kind: 'words', words: option.argChoices };
  const placeholder = /<([A-Z]+)>/.exec(option.flags)?.[1]?.toLowerCase();
  return placeholder === undefined ? NONE : { kind: 'ids', of: placeholder, also: [] };
}

function ofArgument(argument: Argument, verbs: readonly string[]): Candidates {
  if (argument.argChoices !== undefined) return { kind: 'words', words: [...verbs, ...argument.argChoices] };
  return { kind: 'ids', of: argument.name().replace(/s$/, ''), also: verbs };
}

/** A variadic argument takes every place from its own on. */
function argumentAt(verb: Command, position: number): Argument | undefined {
  const { registeredArguments } = verb;
  const last = registeredArguments.at(-1);
  return registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
}
