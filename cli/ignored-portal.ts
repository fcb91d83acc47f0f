import type { Logger } from 'pino';
import { portalOf } from '../agent/from-config.ts';
import { ignoredConfig } from '../control/core/portal-check.ts';
import { describeError } from '../schemas/app-error.ts';
import type { Finding } from '../schemas/finding.ts';
import type { LoadedConfig } from './config/load.ts';
import { openExistingStore } from './data-folder.ts';

/** Where `agent.portal` says something else than the portal that was PUT or set, which is in force. Rejects with the store's errors. */
export async function ignoredPortal(loaded: LoadedConfig): Promise<readonly Finding[]> {
  const { agent } = loaded.config;
  if (agent === undefined) return [];
  const store = openExistingStore(loaded);
  try {
    const inForce = await store.control.readPortal();
    return inForce === null ? [] : ignoredConfig(inForce.portal, portalOf(agent));
  } finally {
    store.close();
  }
}

/** A portal that was PUT outranks the file: whoever changed the file and sees nothing happen finds the reason here. */
export async function tellIgnoredPortal(loaded: LoadedConfig, log: Logger): Promise<void> {
  try {
    for (const { code, detail, remedy } of await ignoredPortal(loaded))
      log.warn({ code, detail, remedy }, 'portal of the configuration not in force');
  } catch (error) {
    log.warn({ error: describeError(error) }, 'the portal in force was not read');
  }
}
