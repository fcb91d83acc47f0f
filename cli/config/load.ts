import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../schemas/app-error.ts';
import type { Config } from '../../schemas/config/config.ts';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import { bundleProblems, loadBundles } from './bundles.ts';
import { decodeConfig } from './decode.ts';
import { ConfigError } from './fault.ts';
import { withPhonesUrl } from './phone-dhcp.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

/** Where the configuration is looked for when nobody names it. */
export const DEFAULT_PLACES = ['/etc/wisp-edge/config.yaml', './config.yaml'] as const;

/** A configuration that was read whole. */
export interface LoadedConfig {
  readonly file: string;
  /** Relative files of the configuration are relative to this folder. */
  readonly baseDir: string;
  readonly dataDir: string;
  readonly config: Config;
  /** What a walled garden may name. */
  readonly bundles: readonly GardenBundle[];
}

/** Reads, decodes and checks the configuration; throws `config-unreadable` or a ConfigError with all problems. */
export function loadConfig(path: string | null, cwd: string): LoadedConfig {
  const file = configFile(path, cwd);
  const source = ConfigSource.parse(file, readConfig(file));
  const config = decodeConfig(source);
  const baseDir = dirname(file);
  const bundles = loadBundles(config, baseDir);
  const problems = [...ruleProblems(source, config), ...bundleProblems(source, config, bundles)];
  if (problems.length > 0) throw new ConfigError(problems);
  return { file, baseDir, dataDir: resolve(baseDir, config.dataDir), config: withPhonesUrl(config), bundles };
}

/** The file that is meant; throws `config-unreadable` where none is named and none found. */
export function configFile(path: string | null, cwd: string): string {
  return path === null ? findConfig(cwd) : resolve(cwd, path);
}

function findConfig(cwd: string): string {
  const found = DEFAULT_PLACES.map((place) => resolve(cwd, place)).find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new AppError('config-unreadable', `there is no configuration at ${DEFAULT_PLACES.join(' or ')}`, {
    remedy: 'Copy config.example.yaml to one of these places, or name your file with --config FILE.',
    retryable: false,
  });
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError('config-unreadable', `cannot read ${file}`, {
      remedy: 'Check the path, and that the user wisp-edge runs as may read the file.',
      retryable: false,
      cause: error,
    });
  }
}
