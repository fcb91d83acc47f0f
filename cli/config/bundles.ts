import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../schemas/app-error.ts';
import type { Config } from '../../schemas/config/config.ts';
import { GardenBundle, OwnGardenBundle, type OwnWords } from '../../schemas/garden-bundle.ts';
import { decoderOf } from './decode.ts';
import { ConfigError, type ConfigProblem } from './fault.ts';
import { nearest } from './nearest.ts';
import { ConfigSource } from './source.ts';

/** The bundles that come with the product: a YAML file each. */
const SHIPPED = fileURLToPath(new URL('../../agent/walled-garden/', import.meta.url));

/**
 * The bundles that a walled garden may name: those shipped, and those of the configuration's own folder, which outrank
 * shipped ones of the same name. Throws `config-unreadable`, or a ConfigError with what is wrong in a file.
 */
export function loadBundles(config: Config, baseDir: string): readonly GardenBundle[] {
  const folder = config.agent?.portal.bundlesDir;
  const shipped = filesIn(SHIPPED).map(decoded(decoderOf(GardenBundle)));
  const own = folder === undefined ? [] : ownBundles(resolve(baseDir, folder));
  const bundles = [...shipped, ...own];
  return [...new Map(bundles.map((bundle) => [bundle.name, bundle])).values()];
}

/** Two files of one name: only one of them would be the bundle, and nobody said which. */
function ownBundles(folder: string): readonly GardenBundle[] {
  const decode = decoderOf(OwnGardenBundle);
  const fileOf = new Map<string, string>();
  return filesIn(folder).map((file) => {
    const source = ConfigSource.parse(file, read(file));
    const bundle = decode(source);
    const other = fileOf.get(bundle.name);
    if (other !== undefined) {
      throw new ConfigError([source.problem(['name'], { kind: 'duplicate-bundle', name: bundle.name, other })]);
    }
    fileOf.set(bundle.name, file);
    return completed(bundle, basename(file));
  });
}

/** Where nothing is said: what a bundle is for is its name, what a host is for is that of its bundle, and both are `unverified`. */
function completed({ name, about, hosts }: OwnGardenBundle, file: string): GardenBundle {
  const forAll = inBoth(about, { en: name, es: name });
  return {
    name,
    about: forAll,
    hosts: hosts.map(({ host, purpose, standing = 'unverified', source = file }) => ({
      host,
      purpose: inBoth(purpose, forAll),
      standing,
      source,
    })),
  };
}

function inBoth(words: OwnWords | undefined, otherwise: GardenBundle['about']): GardenBundle['about'] {
  if (words === undefined) return otherwise;
  if (typeof words === 'string') return { en: words, es: words };
  return { en: words.en ?? words.es ?? otherwise.en, es: words.es ?? words.en ?? otherwise.es };
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

function decoded<Bundle>(decode: (source: ConfigSource) => Bundle): (file: string) => Bundle {
  return (file) => decode(ConfigSource.parse(file, read(file)));
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
