import type { ListNames } from '../../schemas/config/agent.ts';
import type { RedirectForm } from '../../schemas/doctor.ts';
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
  /** How page URLs are written; `auto` follows what a self-test saw, and is the whole URL before that. */
  readonly redirect: 'auto' | RedirectForm;
}

/** Names of our chains; `order inside is ours alone`. The same names serve IPv4 and IPv6. */
export const CHAINS = {
  dstnat: 'wisp-edge-dstnat',
  forward: 'wisp-edge-forward',
  input: 'wisp-edge-input',
} as const;

/** The settings with `auto` decided by what the last self-test saw of this router. */
export function withRedirect(settings: RouterSettings, seen: RedirectForm | null): RouterSettings {
  return settings.redirect === 'auto' && seen !== null ? { ...settings, redirect: seen } : settings;
}
