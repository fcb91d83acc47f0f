import { ofNoRouter, type OfNoRouter } from '../../control/core/no-router.ts';
import { readFingerprintKey } from '../../control/fingerprint-key.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { Finding } from '../../schemas/finding.ts';
import { readPrivateKey } from '../../store/keys.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { filesOf, secretsOf } from '../config/named.ts';
import { readSecret } from '../config/secrets.ts';
import { readTextFile } from '../config/text-file.ts';
import { openExistingStore, storeFile } from '../data-folder.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { ignoredPortal } from '../ignored-portal.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { showError } from '../show-error.ts';
import { findingLines } from '../show-finding.ts';
import { printable } from '../table.ts';

/** One thing that was looked at. */
interface Looked {
  readonly what: string;
  readonly error: unknown;
}

/** What was looked at, and what is good and yet not as it seems. */
interface Outcome {
  readonly looked: readonly Looked[];
  readonly warnings: readonly Finding[];
}

/** Looks at the configuration, every secret and file it names, the database and the keys; says what is good and what is not. */
export async function check(invocation: Invocation, options: { readonly json: boolean }): Promise<ExitCode> {
  const { messages } = invocation;
  const { looked, warnings } = await look(invocation);
  const broken = looked.filter(({ error }) => error !== null);
  const lost = broken.length === 0 ? await lostSubscribers(invocation) : null;
  if (options.json) {
    const shown = looked.map(({ what, error }) => ({
      what,
      good: error === null,
      ...(error === null ? {} : { error: told(error) }),
    }));
    sayJson(invocation, { good: broken.length === 0, findings: shown, warnings, subscribersOfNoRouter: lost });
  } else {
    for (const { what, error } of looked) {
      if (error === null) say(invocation, messages.check.good(what));
      // A secret is read by its source alone: whose it is stands in what was looked at.
      else
        invocation.io.stdout.write(`${error instanceof ConfigError ? '' : `${what}: `}${showError(error, messages)}`);
    }
    for (const one of warnings) for (const line of findingLines(one, invocation)) say(invocation, line);
    if (lost !== null) say(invocation, printable(messages.held.ofNoRouter(lost.count, lost.routers)));
    say(invocation, broken.length === 0 ? messages.check.allGood : messages.check.problems(countOf(broken)));
  }
  return broken.length === 0 ? EXIT.ok : exitCodeOf(broken[0]?.error);
}

/** A configuration may have several problems at once. */
function countOf(broken: readonly Looked[]): number {
  return broken.reduce((sum, { error }) => sum + (error instanceof ConfigError ? error.problems.length : 1), 0);
}

async function look(invocation: Invocation): Promise<Outcome> {
  const { io, messages } = invocation;
  const found: Looked[] = [];
  const attempt = <Result>(what: string, work: () => Result): Result | null => {
    try {
      const result = work();
      found.push({ what, error: null });
      return result;
    } catch (error) {
      found.push({ what, error });
      return null;
    }
  };
  const loaded = attempt(messages.check.config(invocation.configPath ?? ''), () =>
    loadConfig(invocation.configPath, io.cwd),
  );
  if (loaded === null) return { looked: found, warnings: [] };
  found.splice(0, 1, { what: messages.check.config(loaded.file), error: null });
  for (const { where, source } of secretsOf(loaded.config)) {
    attempt(messages.check.secret(where), () => readSecret(source, loaded.baseDir, io.env));
  }
  for (const { where, path } of filesOf(loaded.config)) {
    attempt(messages.check.file(where), () => readTextFile(path, loaded.baseDir));
  }
  const isSetUp = attempt(messages.check.store(storeFile(loaded)), () => {
    openExistingStore(loaded).close();
    return true;
  });
  if (isSetUp === null) return { looked: found, warnings: [] };
  // A key that is there may be closed to the user whom the daemons run as: `init` ran as another.
  const { config, dataDir } = loaded;
  if (config.control !== undefined) attempt(messages.check.key('control'), () => readFingerprintKey(dataDir));
  if (config.provisioner !== undefined) {
    attempt(messages.check.key('provisioner'), () => readPrivateKey(dataDir, 'provisioner', io.env));
  }
  return { looked: found, warnings: await ignoredPortal(loaded) };
}

/** Nothing is wrong with the file for it; but a router whose id was changed loses its subscribers. */
async function lostSubscribers({ configPath, io }: Invocation): Promise<OfNoRouter | null> {
  const loaded = loadConfig(configPath, io.cwd);
  const store = openExistingStore(loaded);
  try {
    const configured = loaded.config.agent?.routers.map(({ id }) => id) ?? [];
    return ofNoRouter(await store.control.subscribersByRouter(), configured);
  } finally {
    store.close();
  }
}

function told(error: unknown): unknown {
  if (error instanceof ConfigError) return { code: error.code, problems: error.problems };
  if (error instanceof AppError) return { code: error.code, message: error.message, remedy: error.remedy };
  return { code: 'internal', message: String(error) };
}
