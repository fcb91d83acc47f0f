import type { Command } from 'commander';
import { verbWithVerbs, type Json, type VerbHost } from './verb-host.ts';

/** Adds `portal` with `check`, `confirm` and `bundles`. */
export function addPortalVerbs(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { verbs, options } = messages.portal;
  const load = () => import('./verbs/portal.ts');
  const portal = verbWithVerbs(program, 'portal', verbs.portal);
  portal.addOption(json).action((given: Json) => act(async () => (await load()).showPortal(invocation(), given)));
  portal
    .command('check')
    .description(verbs.check)
    .addOption(json)
    .option('--reach', options.reach, false)
    .action((given: Json & { readonly reach: boolean }) =>
      act(async () => (await load()).checkPortal(invocation(), given)),
    );
  portal
    .command('confirm <host>')
    .description(verbs.confirm)
    .addOption(json)
    .action((host: string, given: Json) => act(async () => (await load()).confirmHost(invocation(), host, given)));
  portal
    .command('bundles')
    .description(verbs.bundles)
    .addOption(json)
    .action((given: Json) => act(async () => (await load()).showBundles(invocation(), given)));
}
