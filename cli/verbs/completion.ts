import { completionScript, type Shell } from '../completion/scripts.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

/** Prints the script that teaches a shell our verbs. */
export function completion({ io }: Invocation, shell: Shell): ExitCode {
  io.stdout.write(completionScript(shell));
  return EXIT.ok;
}
