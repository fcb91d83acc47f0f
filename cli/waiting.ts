import type { Command } from 'commander';
import type { SiteWait } from './site-operation.ts';
import { timeoutOption, type Timed, type VerbHost } from './verb-host.ts';

/** A pass over a busy router, with the second look that verifies. */
const WAIT_SECONDS = 120;

/** Options of a verb that waits for an operation of the agent, unless it is told not to. */
export type Waiting = Timed & { readonly wait: boolean };

/** Adds `--json`, `--no-wait` and `--timeout`. */
export function waiting(verb: Command, { messages, json }: VerbHost): Command {
  return verb
    .addOption(json)
    .option('--no-wait', messages.site.options.noWait)
    .addOption(timeoutOption(messages, WAIT_SECONDS));
}

/** What was given of them. */
export function waitOf({ json, timeout, wait }: Waiting): SiteWait {
  return { json, timeoutSeconds: timeout, wait };
}
