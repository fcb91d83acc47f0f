import { Help, type Command, type Option } from 'commander';
import type { Messages } from './messages/messages.ts';

/** Commander's own words of a help page, in the person's language; an option that has to be given says so. */
export function helpWords({ help, headings }: Messages): Partial<Help> {
  const plain = new Help();
  const inWords = (text: string): string =>
    text.replace('[options]', `[${help.options}]`).replace('[command]', `[${help.verb}]`);
  return {
    styleTitle: (title) => Object.entries(headings).find(([english]) => english === title)?.[1] ?? title,
    commandUsage: (command: Command) => inWords(plain.commandUsage(command)),
    subcommandTerm: (command: Command) => inWords(plain.subcommandTerm(command)),
    optionDescription: (option: Option) => {
      const { argChoices, defaultValueDescription, mandatory } = option;
      const defaultValue: unknown = option.defaultValue;
      const notes: string[] = mandatory ? [help.required] : [];
      const isListed = argChoices === undefined || option.description.includes(argChoices.join(' | '));
      if (!isListed) notes.push(`${help.choices}: ${argChoices.join(', ')}`);
      // A switch is off unless it is given: nothing to say.
      const isSaid = typeof defaultValue === 'string' || typeof defaultValue === 'number';
      if (isSaid) notes.push(`${help.fallback}: ${defaultValueDescription ?? String(defaultValue)}`);
      return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
    },
  };
}
