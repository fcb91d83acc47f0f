import { requireSection } from '../agent-options.ts';
import { loadConfig } from '../config/load.ts';
import { makeMissing } from '../data-folder.ts';
import { runDaemons, type DaemonName } from '../daemons.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

/** Runs every daemon that the configuration has a section for, in this one process. */
export async function up(invocation: Invocation): Promise<ExitCode> {
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const { config } = loaded;
  const names: DaemonName[] = [];
  if (config.agent !== undefined) names.push('agent');
  if (config.provisioner !== undefined) names.push('provisioner');
  if (config.control !== undefined) names.push('control');
  if (names.length === 0) requireSection(undefined, 'control', invocation);
  makeMissing(loaded);
  return runDaemons(names, loaded, invocation);
}
