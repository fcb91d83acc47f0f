import type { AgentConfig, RouterConfig } from '../schemas/config/agent.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import type { Portal } from '../schemas/portal.ts';
import type { Secret } from '../schemas/secret.ts';
import type { RouterSettings } from './core/settings.ts';
import type { RouterTarget, RouterTls } from './ports.ts';

/** How the files and secrets that a configuration names are read. */
export interface ConfigReaders {
  readonly readSecret: (source: SecretSource) => Secret;
  readonly readText: (path: string) => string;
}

/** What one router is told by the configuration. */
export function settingsOf(config: AgentConfig, router: RouterConfig): RouterSettings {
  return {
    router: router.id,
    mode: router.mode,
    lists: config.lists,
    port: config.notices.port,
    url: config.notices.url,
    seenMinutes: config.notices.seenMinutes,
    redirect: router.redirect,
  };
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
