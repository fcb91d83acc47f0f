import { randomBytes } from 'node:crypto';
import type { IntentContext } from '../store/terms.ts';
import type { Store } from '../store/sqlite/open.ts';
import { readPublicKey } from '../store/keys.ts';
import { loadConfig, type LoadedConfig } from './config/load.ts';
import { isRunning, openExistingStore } from './data-folder.ts';
import type { Invocation } from './invocation.ts';
import type { Doer } from './messages/desk-messages.ts';

/** Where a verb stands: it writes what control would write, and needs no token on the box itself. */
export interface Desk {
  readonly loaded: LoadedConfig;
  readonly store: Store['control'];
  /** What the agent sees: open operations by router. Verbs read it and write nothing there. */
  readonly agent: Pick<Store['agent'], 'openOperations'>;
  readonly doer: Doer;
  /** The doer holds the data folder: what is asked is done at once. */
  readonly isDoerRunning: boolean;
  /** Who asks, when, and under which operation. `routers`: those of the configuration. */
  readonly context: (routers: readonly string[]) => IntentContext;
}

/** Opens the store for one verb, and closes it afterwards. */
export async function openDesk<Result>(
  invocation: Invocation,
  doer: Doer,
  work: (desk: Desk) => Promise<Result>,
): Promise<Result> {
  const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
  const sealTo = doer === 'provisioner' ? { provisioner: readPublicKey(loaded.dataDir, 'provisioner') } : undefined;
  const store = openExistingStore(loaded, sealTo);
  try {
    return await work({
      loaded,
      store: store.control,
      agent: store.agent,
      doer,
      isDoerRunning: isRunning(loaded, doer),
      context: (routers) => ({
        actor: { name: 'cli', via: 'cli' },
        at: Date.now(),
        operation: freshId('op'),
        routers,
      }),
    });
  } finally {
    store.close();
  }
}

/** An id that sorts by the time it was made. */
export function freshId(kind: 'op' | 'rot'): string {
  return `${kind}-${Date.now().toString(36)}-${randomBytes(8).toString('hex')}`;
}
