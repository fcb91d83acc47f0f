import { loadConfig } from '../config/load.ts';
import { makeMissing } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, type Invocation } from '../invocation.ts';

/** Makes the data folder, the database and the keys that are missing. Asks nothing, overwrites nothing. */
export function init(invocation: Invocation): ExitCode {
  const { messages } = invocation;
  const made = makeMissing(loadConfig(invocation.configPath, invocation.io.cwd));
  for (const what of made) say(invocation, messages.init.made(what));
  if (made.length === 0) say(invocation, messages.init.nothingMissing);
  return EXIT.ok;
}
