import { Option, type Command } from 'commander';
import { port } from './arguments.ts';
import { verbWithVerbs, type VerbHost } from './verb-host.ts';
import type { EnrolOptions, RetireOptions } from './verbs/router.ts';

const API_SSL_PORT = 8729;

/** Adds `router enrol` and `router retire`. */
export function addRouterVerbs(program: Command, { messages, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.site;
  const load = () => import('./verbs/router.ts');
  const routeros = (): Option => new Option('--routeros <MAJOR>', options.routeros).choices(['6', '7']);
  const router = verbWithVerbs(program, 'router', verbs.router);
  router
    .command('enrol <router>')
    .description(verbs.routerEnrol)
    .requiredOption('--box <IP>', options.box)
    .option('--user <NAME>', options.user, 'wisp-edge')
    .addOption(new Option('--port <PORT>', options.port).argParser(port).default(API_SSL_PORT))
    .option('--password-file <FILE>', options.passwordFile)
    .addOption(routeros().default('7'))
    .option('--open-input', options.openInput, false)
    .option('--certificate', options.certificate, false)
    .action((id: string, given: EnrolOptions) => act(async () => (await load()).enrolRouter(invocation(), id, given)));
  router
    .command('retire <router>')
    .description(verbs.routerRetire)
    .addOption(routeros())
    .option('--anyway', options.anyway, false)
    .action((id: string, given: RetireOptions) =>
      act(async () => (await load()).retireRouter(invocation(), id, given)),
    );
}
