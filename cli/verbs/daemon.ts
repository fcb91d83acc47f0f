import { loadConfig } from '../config/load.ts';
import { runDaemons, type DaemonName } from '../daemons.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';

/** Runs one daemon, as its systemd unit does. */
export function daemon(name: DaemonName, invocation: Invocation): Promise<ExitCode> {
  return runDaemons([name], loadConfig(invocation.configPath, invocation.io.cwd), invocation);
}
