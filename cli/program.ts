import { Argument, Command, CommanderError, Option } from 'commander';
import { addAdoptVerb } from './adopt-commands.ts';
import { seconds } from './arguments.ts';
import { SHELLS, type Shell } from './completion/scripts.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { helpAsked } from './help-verb.ts';
import { helpWords } from './help-words.ts';
import type { Invocation, Io } from './invocation.ts';
import { chooseMessages } from './messages/choose.ts';
import type { Messages } from './messages/messages.ts';
import { addPhoneVerbs } from './phone-commands.ts';
import { addPortalVerbs } from './portal-commands.ts';
import { addRouterVerbs } from './router-commands.ts';
import { addSiteVerbs } from './site-commands.ts';
import { showError, showErrorJson } from './show-error.ts';

const DEFAULT_TIMEOUT_SECONDS = 120;
/** What the completion of a shell calls, as `__complete -- WORDS…`; it stands in no help. */
const COMPLETE = '__complete';

/** Runs one command line; gives the exit code. Everything a person reads goes through the streams of `io`. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const messages = chooseMessages(languageOf(args), io.env);
  const outcome: { code: ExitCode } = { code: EXIT.ok };
  const program = makeProgram(io, messages, (code) => {
    outcome.code = code;
  });
  // As every program has it; what it prints is the verb's.
  if (args[0] === '--version') return run(['version', ...args.slice(1)], io);
  if (args[0] === COMPLETE) {
    const { complete } = await import('./completion/complete.ts');
    await complete(program, args.slice(2), io);
    return EXIT.ok;
  }
  const asked = helpAsked(program, globalsFirst(args));
  if (asked !== null && 'verb' in asked) {
    asked.verb.outputHelp();
    return EXIT.ok;
  }
  if (asked !== null) return wrongUsage(wordFault(asked.unknown, messages), asked.at, io, messages);
  try {
    await program.parseAsync([...globalsFirst(args)], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (error instanceof CommanderError) return usageFault(error, verbOf(program, globalsFirst(args)), io, messages);
    io.stderr.write(isJson(args) ? showErrorJson(error, messages) : showError(error, messages));
    return exitCodeOf(error);
  }
}

function makeProgram(io: Io, messages: Messages, settle: (code: ExitCode) => void): Command {
  const { options, verbs } = messages;
  const program = new Command('wisp-edge');
  const invocation = (): Invocation => {
    const { config } = program.opts<{ config?: string }>();
    return { io, messages, configPath: config ?? null };
  };
  // Each verb is loaded when it is called: `version` need not load the API's server.
  const act = async (work: () => Promise<ExitCode>): Promise<void> => {
    settle(await work());
  };
  const json = new Option('--json', options.json).default(false, 'false');
  program
    .description(messages.program)
    .option('--config <FILE>', options.config)
    .option('--version', options.version)
    .addOption(new Option('--lang <LANG>', options.lang).choices(['es', 'en']))
    .helpOption('-h, --help', options.help)
    .helpCommand('help [verb]', verbs.help)
    .addHelpText('after', `\n${messages.exitCodes}`)
    .configureHelp(helpWords(messages))
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
    })
    // What stands after a verb is that verb's: verbs with verbs of their own share names of options.
    .enablePositionalOptions()
    .exitOverride();
  program
    .command('init')
    .description(verbs.init)
    .action(() => act(async () => (await import('./verbs/init.ts')).init(invocation())));
  program
    .command('up')
    .description(verbs.up)
    .action(() => act(async () => (await import('./verbs/up.ts')).up(invocation())));
  program
    .command('agent')
    .description(verbs.agent)
    .action(() => act(async () => (await import('./verbs/daemon.ts')).daemon('agent', invocation())));
  program
    .command('provisioner')
    .description(verbs.provisioner)
    .action(() => act(async () => (await import('./verbs/daemon.ts')).daemon('provisioner', invocation())));
  program
    .command('control')
    .description(verbs.control)
    .action(() => act(async () => (await import('./verbs/daemon.ts')).daemon('control', invocation())));
  program
    .command('check')
    .description(verbs.check)
    .addOption(json)
    .action((given: { json: boolean }) =>
      act(async () => (await import('./verbs/check.ts')).check(invocation(), given)),
    );
  program
    .command('plan [router]')
    .description(verbs.plan)
    .addOption(json)
    .option('--all', messages.held.options.all, false)
    .option('--secrets', options.secrets, false)
    .action((router: string | undefined, given: { json: boolean; secrets: boolean; all: boolean }) =>
      act(async () => (await import('./verbs/plan.ts')).plan(invocation(), router, given)),
    );
  program
    .command('apply [router]')
    .description(verbs.apply)
    .addOption(json)
    .addOption(new Option('--timeout <SECONDS>', options.timeout).argParser(seconds).default(DEFAULT_TIMEOUT_SECONDS))
    .action((router: string | undefined, given: { json: boolean; timeout: number }) =>
      act(async () => {
        const { apply } = await import('./verbs/apply.ts');
        return apply(invocation(), router, { json: given.json, timeoutSeconds: given.timeout });
      }),
    );
  program
    .command('doctor [router]')
    .description(verbs.doctor)
    .addOption(json)
    .option('--self-test', options.selfTest, false)
    .addOption(new Option('--timeout <SECONDS>', options.timeout).argParser(seconds).default(DEFAULT_TIMEOUT_SECONDS))
    .action((router: string | undefined, given: { json: boolean; selfTest: boolean; timeout: number }) =>
      act(async () => {
        const { doctor } = await import('./verbs/doctor.ts');
        return doctor(invocation(), router, {
          json: given.json,
          selfTest: given.selfTest,
          timeoutSeconds: given.timeout,
        });
      }),
    );
  const host = { messages, json, invocation, act };
  addSiteVerbs(program, host);
  addPortalVerbs(program, host);
  addRouterVerbs(program, host);
  addAdoptVerb(program, host);
  addPhoneVerbs(program, host);
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .description(messages.site.verbs.completion)
    .action((shell: Shell) => act(async () => (await import('./verbs/completion.ts')).completion(invocation(), shell)));
  program
    .command('status')
    .description(verbs.status)
    .addOption(json)
    .option('--db <FILE>', options.db)
    .action((given: { json: boolean; db?: string }) =>
      act(async () => (await import('./verbs/status.ts')).status(invocation(), given)),
    );
  program
    .command('version')
    .description(verbs.version)
    .addOption(json)
    .action((given: { json: boolean }) =>
      act(async () => (await import('./verbs/version.ts')).version(invocation(), given)),
    );
  for (const verb of program.commands) settleVerb(verb, program, messages);
  return program;
}

/** Gives a verb, and the verbs below it, what the program has set. */
function settleVerb(verb: Command, parent: Command, messages: Messages): void {
  verb.copyInheritedSettings(parent).helpOption('-h, --help', messages.options.help);
  if (verb.commands.length > 0) verb.helpCommand('help [verb]', messages.verbs.help);
  for (const own of verb.commands) settleVerb(own, verb, messages);
}

/** The verb, or the verb of a verb, that a line of arguments calls; the program itself where it names none. */
function verbOf(program: Command, args: readonly string[]): Command {
  const words = args.filter((arg, at) => !arg.startsWith('-') && !/^--(config|lang)$/.test(args[at - 1] ?? ''));
  let verb = program;
  for (const word of words) {
    const next = verb.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    verb = next;
  }
  return verb;
}

/** Wrong usage: what is wrong and the usage page of the verb, on stderr. Help that was asked for is no fault. */
function usageFault(error: CommanderError, verb: Command, io: Io, messages: Messages): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  const { usage, labels } = messages;
  const subject = /'([^']*)'/.exec(error.message)?.[1] ?? error.message;
  const [, given = subject, choices = null] =
    /argument '([^']*)' is invalid\.(?: Allowed choices are (.*)\.)?$/.exec(error.message) ?? [];
  const texts: Readonly<Record<string, string>> = {
    'commander.unknownOption': usage.unknownOption(subject),
    'commander.unknownCommand': usage.unknownVerb(subject),
    'commander.excessArguments': usage.excessArgument(verb.args.at(-1) ?? subject),
    'commander.missingArgument': usage.missingArgument(subject),
    'commander.optionMissingArgument': usage.missingArgument(subject),
    'commander.missingMandatoryOptionValue': usage.missingArgument(subject),
    'commander.invalidArgument': usage.wrongChoice(given, choices),
    'commander.conflictingOption': usage.conflictingOptions(...quotedPair(error.message)),
    'commander.help': usage.noVerb,
  };
  const said = texts[error.code] ?? error.message.replace(/^error: /, '');
  if (error.code !== 'commander.help') return wrongUsage(said, verb, io, messages);
  io.stderr.write(`${labels.error}: ${said}\n`);
  return EXIT.usage;
}

function wrongUsage(said: string, verb: Command, io: Io, { labels }: Messages): ExitCode {
  io.stderr.write(`${labels.error}: ${said}\n\n${verb.helpInformation()}`);
  return EXIT.usage;
}

/** What is wrong with a word that names no verb. */
function wordFault(word: string, { usage }: Messages): string {
  return word.startsWith('-') ? usage.unknownOption(word) : usage.unknownVerb(word);
}

/** The two options that commander quotes in what it says of them. */
function quotedPair(message: string): [string, string] {
  const [first = message, second = message] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted);
  return [first, second];
}

/** Whether a program reads what is said; what stands after `--` is no option. */
function isJson(args: readonly string[]): boolean {
  return args.slice(0, args.includes('--') ? args.indexOf('--') : args.length).includes('--json');
}

/** `--config` and `--lang` may stand anywhere: they are moved before the verb. */
function globalsFirst(args: readonly string[]): readonly string[] {
  const isGlobal = (arg: string | undefined): boolean => arg === '--config' || arg === '--lang';
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const isMoved = (arg: string, at: number): boolean =>
    at < end && (isGlobal(arg) || /^--(config|lang)=/.test(arg) || (at > 0 && isGlobal(args[at - 1])));
  return [...args.filter(isMoved), ...args.filter((arg, at) => !isMoved(arg, at))];
}

/** Read before the rest is parsed, so that usage faults are told in the language asked for. */
function languageOf(args: readonly string[]): string | null {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const word = at === -1 ? undefined : args[at]?.startsWith('--lang=') === true ? args[at].slice(7) : args[at + 1];
  return word ?? null;
}
