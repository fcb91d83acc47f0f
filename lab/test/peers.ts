import { execFileSync } from 'node:child_process';

/** A program that checks us from outside, and whether this machine has it. */
export interface Peer {
  readonly name: string;
  readonly isThere: boolean;
  /** Why its tests are skipped, for the test's title. */
  readonly skipReason: string;
}

/**
 * Looks for a peer by running it. Where it is missing its tests are skipped and say so, unless `REQUIRE_PEERS=1` asks
 * for all of them: then the missing peer is an error.
 */
export function findPeer(name: string, command: string, args: readonly string[]): Peer {
  try {
    execFileSync(command, [...args], { stdio: 'ignore', timeout: 20_000 });
    return { name, isThere: true, skipReason: '' };
  } catch (cause) {
    if (process.env['REQUIRE_PEERS'] === '1') throw new Error(`REQUIRE_PEERS=1, but ${name} is missing`, { cause });
    return { name, isThere: false, skipReason: `skipped: ${name} is not installed` };
  }
}
