import { Option, type Command } from 'commander';
import { seconds } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Invocation } from './invocation.ts';
import type { Messages } from './messages/messages.ts';

/** What the verbs need of the program they belong to. */
export interface VerbHost {
  readonly messages: Messages;
  readonly json: Option;
  readonly invocation: () => Invocation;
  readonly act: (work: () => Promise<ExitCode>) => Promise<void>;
}

/** Options of a verb that can print JSON. */
export interface Json {
  readonly json: boolean;
}

/** Options of a verb that waits. */
export interface Timed extends Json {
  readonly timeout: number;
}

/** `--timeout`, in seconds. */
export function timeoutOption({ phones }: Messages, fallback: number): Option {
  return new Option('--timeout <SECONDS>', phones.options.timeout).argParser(seconds).default(fallback);
}

/** `--name VALUE`, which may stand several times. */
export function repeatable(flags: string, description: string, choices?: readonly string[]): Option {
  const option = new Option(flags, description);
  // Commander's own parser of choices refuses others and keeps one value; its list of them is what help pages print.
  if (choices !== undefined) option.choices(choices);
  const parseOne = option.parseArg;
  return option
    .argParser((value: string, before: readonly string[]) => {
      if (choices !== undefined) parseOne?.(value, undefined);
      return [...before, value];
    })
    .default([], '–');
}

/** Options after a verb of its own belong to that one. */
export function verbWithVerbs(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).enablePositionalOptions();
}
