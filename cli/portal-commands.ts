import { Option, type Command } from 'commander';
import { verbWithVerbs, type Json, type VerbHost } from './verb-host.ts';
import type { PortalGiven } from './verbs/portal-set.ts';
import { waitOf, waiting, type Waiting } from './waiting.ts';

/** Adds `portal` with `check`, `set`, `confirm` and `bundles`. */
export function addPortalVerbs(program: Command, host: VerbHost): void {
  const { messages, json, invocation, act } = host;
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
  addSet(portal, host);
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

function addSet(portal: Command, host: VerbHost): void {
  const { messages, invocation, act } = host;
  const { verbs, options } = messages.portal;
  waiting(portal.command('set').description(verbs.set), host)
    .option('--domain <DOMAIN>', options.domain)
    .addOption(wholeList('--cname-target <TARGET>', options.target))
    .option('--no-cname-target', options.noTarget)
    .addOption(wholeList('--address <ADDRESS>', options.address))
    .option('--no-address', options.noAddress)
    .addOption(wholeList('--garden <GARDEN>', options.garden))
    .option('--no-garden', options.noGarden)
    .option('--yes', messages.held.options.yes, false)
    .action((given: Waiting & PortalGiven & { readonly yes: boolean }) =>
      act(async () => {
        const { setPortal } = await import('./verbs/portal-set.ts');
        return setPortal(invocation(), given, { yes: given.yes, ...waitOf(given) });
      }),
    );
}

/** May stand several times; together they are the whole list. Not given it is undefined, and false where it is to be empty. */
function wholeList(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] | false | undefined) => [
    ...(before === undefined || before === false ? [] : before),
    value,
  ]);
}
