import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../schemas/app-error.ts';
import type { Config } from '../../schemas/config/config.ts';
import { GardenBundle } from '../../schemas/garden-bundle.ts';
import { decoderOf } from './decode.ts';
import type { ConfigProblem } from './fault.ts';
import { nearest } from './nearest.ts';
import { ConfigSource } from './source.ts';

/** The bundles that come with the product: a YAML file each. */
const SHIPPED = fileURLToPath(new URL('../../agent/walled-garden/', import.meta.url));

/**
 * The bundles that a walled garden may name: those shipped, and those of the configuration's own folder, which outrank
 * shipped ones of the same name. Throws `config-unreadable`, or a ConfigError with what is wrong in a file.
 */
export function loadBundles(config: Config, baseDir: string): readonly GardenBundle[] {
  const own = config.agent?.portal.bundlesDir;
  const files = [...filesIn(SHIPPED), ...(own === undefined ? [] : filesIn(resolve(baseDir, own)))];
  const decode = decoderOf(GardenBundle);
  const bundles = files.map((file) => decode(ConfigSource.parse(file, read(file))));
  return [...new Map(bundles.map((bundle) => [bundle.name, bundle])).values()];
}

/** A name without a dot is meant to be a bundle: a host would need one. */
export function bundleProblems(
  source: ConfigSource,
  { agent }: Config,
  bundles: readonly GardenBundle[],
): readonly ConfigProblem[] {
  const known = bundles.map(({ name }) => name);
  return (agent?.portal.walledGarden ?? []).flatMap((name, at) => {
    if (name.includes('.') || known.includes(name.toLowerCase())) return [];
    const fault = { kind: 'unknown-bundle', name, nearest: nearest(name, known), known } as const;
    return [source.problem(['agent', 'portal', 'walledGarden', String(at)], fault)];
  });
}

function filesIn(folder: string): readonly string[] {
  return reading(folder, () => readdirSync(folder))
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function read(file: string): string {
  return reading(file, () => readFileSync(file, 'utf8'));
}

function reading<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new AppError('config-unreadable', `cannot read ${what}`, {
      remedy: 'Check agent.portal.bundlesDir, and that the user wisp-edge runs as may read what is in it.',
      retryable: false,
      cause: error,
    });
  }
}
