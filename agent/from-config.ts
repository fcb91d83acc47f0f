import { createHash } from 'node:crypto';
import { parseAddress } from '../schemas/address.ts';
import type { AgentConfig, RouterConfig } from '../schemas/config/agent.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import type { GardenBundle } from '../schemas/garden-bundle.ts';
import type { Portal } from '../schemas/portal.ts';
import type { Secret } from '../schemas/secret.ts';
import { canonicalJson } from '../schemas/canonical-json.ts';
import { PORTAL_SPELLINGS } from './core/portal-spelling.ts';
import { canonicalAddress } from './core/canonical.ts';
import type { Backend, RouterSettings } from './core/settings.ts';
import type { PortalRules } from './portal-tracker.ts';
import type { RouterTarget, RouterTls } from './ports.ts';

/** How the files and secrets that a configuration names are read. */
export interface ConfigReaders {
  readonly readSecret: (source: SecretSource) => Secret;
  readonly readText: (path: string) => string;
}

/** What one router is told by the configuration. */
export function settingsOf(
  config: AgentConfig,
  router: RouterConfig,
  bundles: readonly GardenBundle[],
): RouterSettings {
  const { gardenForward } = config.portal;
  return {
    router: router.id,
    mode: router.mode,
    lists: { ...config.lists, portal: router.portalList ?? config.lists.portal },
    adoptsPortalList: router.portalList === undefined && config.lists.portal === PORTAL_SPELLINGS[0],
    backend: backendOf(config, router),
    port: config.notices.port,
    url: config.notices.url,
    seenMinutes: config.notices.seenMinutes,
    ...(gardenForward === false
      ? {}
      : { gardenForward: { to: gardenForward === true ? null : gardenForward, bundles } }),
    ...(router.wisphubOff === undefined ? {} : { wisphubOff: router.wisphubOff }),
    ...(router.prefixes === undefined
      ? {}
      : { prefixes: router.prefixes.map(parseAddress).filter((prefix) => prefix !== null) }),
    ...phoneDhcpOf(router),
    redirect: router.redirect,
    fingerprint: fingerprintOf(config, router),
  };
}

/** What a router is told by a configuration, whatever the order of its keys; of a secret only where it is read from. */
export function fingerprintOf(config: AgentConfig, router: RouterConfig): string {
  const text = canonicalJson({ ...config, routers: [router] });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function backendOf({ notices }: AgentConfig, router: RouterConfig): Backend {
  const kind = router.backend ?? notices.backend;
  // Which no configuration that was accepted lacks (cli/config/rules.ts).
  if (kind === 'web-proxy' || notices.server === undefined) return { kind: 'web-proxy' };
  const { address, listen } = notices.server;
  return { kind, address: address ?? listen.host, port: listen.port };
}

/** Which URL is meant where none is named was found when the configuration was read (`cli/config/phone-dhcp.ts`). */
function phoneDhcpOf({ phoneDhcp }: RouterConfig): Pick<RouterSettings, 'phoneDhcp'> {
  if (phoneDhcp?.url === undefined) return {};
  const { networks, options, url } = phoneDhcp;
  return { phoneDhcp: { networks: networks.map(canonicalAddress), options: [...options].sort((a, b) => a - b), url } };
}

/** How a router is reached. Throws `secret-unreadable` when its password or CA file cannot be read. */
export function targetOf(router: RouterConfig, options: ConfigReaders): RouterTarget {
  const tls = tlsOf(router, options);
  return {
    id: router.id,
    host: router.host,
    port: router.port ?? (tls.kind === 'plain' ? 8728 : 8729),
    tls,
    user: router.user,
    password: options.readSecret(router.password),
  };
}

function tlsOf(router: RouterConfig, options: ConfigReaders): RouterTls {
  if (router.tls === false) return { kind: 'plain' };
  if ('pin' in router.tls)
    return {
      kind: 'pin',
      sha256: router.tls.pin
        .replace(/^sha256:/, '')
        .replaceAll(':', '')
        .toLowerCase(),
    };
  return { kind: 'ca', pem: options.readText(router.tls.ca) };
}

/** The configured portal: in force until the platform sends one. */
export function portalOf(config: AgentConfig): Portal {
  const { domain, cnameTargets, addresses, walledGarden } = config.portal;
  return { domain, cnameTargets, addresses, walledGarden };
}

/** How the portal is checked; the host of the central platform counts as one of the staff's. */
export function portalRulesOf({ portal }: AgentConfig, centralHost: string | null): PortalRules {
  const hosts = [...portal.adminHosts, ...(centralHost === null ? [] : [centralHost])];
  return { adminHosts: hosts.map((host) => host.toLowerCase()), checks: portal.checksBeforeSwitch };
}
