import type { Address } from '../../schemas/address.ts';
import type { ListNames } from '../../schemas/config/agent.ts';
import type { RouterMode } from '../../schemas/router.ts';

/** RouterOS 6 writes a notice as `deny` + `redirect-to`, RouterOS 7 (from 7.9 on certainly) as `redirect` + `action-data`. */
export type Dialect = 'redirect-to' | 'action-data';

/** What one router is told by the configuration. */
export interface RouterSettings {
  readonly router: string;
  readonly mode: RouterMode;
  readonly lists: ListNames;
  readonly port: number;
  readonly url: string;
  readonly seenMinutes: number;
  /** The router's subscriber prefixes: nobody outside of them is cut. Left out where the configuration names none. */
  readonly prefixes?: readonly Address[];
}

/** Names of our chains; `order inside is ours alone`. The same names serve IPv4 and IPv6. */
export const CHAINS = {
  dstnat: 'wisp-edge-dstnat',
  forward: 'wisp-edge-forward',
  input: 'wisp-edge-input',
} as const;
