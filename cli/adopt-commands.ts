import { Option, type Command } from 'commander';
import { timeoutOption, type Timed, type VerbHost } from './verb-host.ts';
import type { AdoptOptions } from './verbs/adopt.ts';

/** Thousands of rows are switched off one by one. */
const WAIT_SECONDS = 600;

/** Adds `adopt`. */
export function addAdoptVerb(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { adopt, site } = messages;
  program
    .command('adopt <router>')
    .description(adopt.verb)
    .addOption(new Option('--step <STEP>', adopt.options.step).choices(['claim', 'manage']).conflicts('handBack'))
    .option('--hand-back', adopt.options.handBack, false)
    .option('--yes', adopt.options.yes, false)
    .addOption(json)
    .option('--no-wait', site.options.noWait)
    .addOption(timeoutOption(messages, WAIT_SECONDS))
    .action((router: string, given: Timed & AdoptOptions & { readonly wait: boolean }) =>
      act(async () => {
        const { adoptRouter } = await import('./verbs/adopt.ts');
        return adoptRouter(invocation(), router, { ...given, timeoutSeconds: given.timeout });
      }),
    );
}
