import type { Logger } from 'pino';
import type { AgentOptions, CentralLink } from '../agent/main.ts';
import { AppError } from '../schemas/app-error.ts';
import type { Config } from '../schemas/config/config.ts';
import type { LoadedConfig } from './config/load.ts';
import { readSecret } from './config/secrets.ts';
import { readTextFile } from './config/text-file.ts';
import type { Invocation } from './invocation.ts';

/** What every daemon takes from the process and the configuration. */
export function daemonBase(
  { baseDir, dataDir, config, bundles }: LoadedConfig,
  { io }: Invocation,
  log: Logger,
  signal: AbortSignal,
): Omit<AgentOptions, 'config'> {
  return {
    site: config.site,
    dataDir,
    log,
    signal,
    central: centralLink(config),
    readSecret: (source) => readSecret(source, baseDir, io.env),
    readText: (path) => readTextFile(path, baseDir),
    bundles,
    centralHost: hostOf(config.control?.central.url),
  };
}

/** What the agent is told of the central link; null where there is none to hear from. */
export function centralLink({ control }: Config): CentralLink | null {
  return control === undefined || control.central.kind === 'none' ? null : control.central;
}

/** A section that the verb needs. */
export function requireSection<Section>(section: Section | undefined, name: string, { messages }: Invocation): Section {
  if (section !== undefined) return section;
  throw new AppError('config-invalid', messages.usage.missingSection(name), {
    remedy: `Add the section ${name}; config.example.yaml has it with every key.`,
    retryable: false,
  });
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}
