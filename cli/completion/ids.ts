import type { Store } from '../../store/sqlite/open.ts';
import type { LoadedConfig } from '../config/load.ts';
import { everyPage } from '../pages.ts';

/** So many are offered at once: a screen of more helps nobody. */
const MOST = 200;

type Lookup = (store: Store, prefix: string, loaded: LoadedConfig) => Promise<readonly string[]>;

/** What the name of an argument, or the placeholder of an option, stands for in the store. */
const LOOKUPS: ReadonlyMap<string, Lookup> = new Map<string, Lookup>([
  ['subscriber', subscribers],
  ['router', (store, _prefix, loaded) => routers(store, loaded)],
  ['operation', heldOperations],
  ['garden', (_store, _prefix, { bundles }) => Promise.resolve(bundles.map(({ name }) => name))],
  ['host', async ({ control }) => [...new Set((await control.readPortalAddresses()).map(({ host }) => host))].sort()],
  ['mac', async ({ control }) => (await everyPage((after) => control.listPhones(after, 500))).map(({ mac }) => mac)],
  [
    'number',
    async ({ control }) => (await everyPage((after) => control.listExtensions(after, 500))).map(({ number }) => number),
  ],
]);

/** True when the store can say something of them. */
export function hasIds(kind: string): boolean {
  return LOOKUPS.has(kind);
}

/** Ids of a kind that begin so, at most 200. */
export async function idsOf(
  kind: string,
  prefix: string,
  store: Store,
  loaded: LoadedConfig,
): Promise<readonly string[]> {
  const found = (await LOOKUPS.get(kind)?.(store, prefix, loaded)) ?? [];
  return found.filter((id) => id.startsWith(prefix)).slice(0, MOST);
}

/** By prefix, for there may be a hundred thousand: ids are read in their order from the prefix on. */
async function subscribers({ control }: Store, prefix: string): Promise<readonly string[]> {
  const itself = prefix === '' ? null : await control.readSubscriber(prefix);
  const { items } = await control.listSubscribers(prefix === '' ? null : prefix, MOST);
  const ids = items.map(({ record }) => record.id);
  return itself === null ? ids : [prefix, ...ids];
}

async function routers({ control }: Store, { config }: LoadedConfig): Promise<readonly string[]> {
  if (config.agent !== undefined) return config.agent.routers.map(({ id }) => id);
  return (await control.routerStatuses()).map(({ id }) => id);
}

/** Operations that some router's plan holds, or that are held at all: what a release can name. */
async function heldOperations(store: Store, _prefix: string, loaded: LoadedConfig): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const router of await routers(store, loaded)) {
    const plan = await store.control.routerPlan(router);
    for (const { operations } of plan?.held ?? []) for (const id of operations) found.add(id);
  }
  for (const { id } of await store.control.listOperations(['held'], MOST)) found.add(id);
  return [...found];
}
