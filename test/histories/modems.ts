import type { LabRouter } from '../../lab/routeros/lab-router.ts';
import type { Setup } from './actions.ts';
import { isSame, type Identity, type Online, type Shown } from './whereabouts.ts';

/** The tables that clients, and not people, write. */
export const SESSION_MENUS = ['/ppp/active', '/ip/dhcp-server/lease'] as const;

interface Watched {
  readonly lab: LabRouter;
  change(how: () => void): void;
}

interface Place {
  readonly router: string;
  readonly address: string;
}

/** What subscribers have at home: where each is dialled in, and what their routers show of it. */
export class Modems implements Online {
  readonly #labs: ReadonlyMap<string, Watched>;
  readonly #people: Setup['people'];
  readonly #places = new Map<string, Place>();
  readonly #shown = new Map<string, { readonly revision: number; readonly rows: readonly Shown[] }>();

  constructor(labs: ReadonlyMap<string, Watched>, people: Setup['people']) {
    this.#labs = labs;
    this.#people = people;
  }

  get revision(): number {
    return [...this.#labs.values()].reduce((sum, { lab }) => sum + revisionOf(lab), 0);
  }

  at(router: string): readonly Shown[] {
    const lab = this.#labs.get(router)?.lab;
    if (lab === undefined) return [];
    const known = this.#shown.get(router);
    const revision = revisionOf(lab);
    if (known?.revision === revision) return known.rows;
    const rows = shownBy(lab);
    this.#shown.set(router, { revision, rows });
    return rows;
  }

  /** He dials in there, or no more (null). Whoever had the address had gone: a pool gives it to one at a time. */
  move(who: string, router: string, address: string | null): void {
    const touched = new Set([router]);
    for (const [other, place] of this.#places) {
      const isHeld = place.router === router && place.address === address;
      if (other !== who && !isHeld) continue;
      this.#places.delete(other);
      touched.add(place.router);
    }
    if (address !== null) this.#places.set(who, { router, address });
    for (const one of touched) this.redial(one);
  }

  /** Everybody dials in again where he was: after a reboot nobody is online. */
  redial(router: string): void {
    const watched = this.#labs.get(router);
    if (watched === undefined) return;
    const { lab } = watched;
    const wanted = [...this.#places].flatMap(([who, place]): readonly Shown[] => {
      const by = this.#identityOf(who);
      return place.router !== router || by === null ? [] : [{ by, address: place.address }];
    });
    const shown = this.at(router);
    const gone = shown.filter((one) => !wanted.some((other) => isOne(one, other)));
    const come = wanted.filter((one) => !shown.some((other) => isOne(one, other)));
    if (gone.length + come.length === 0) return;
    watched.change(() => {
      for (const { by } of gone) {
        if (by.kind === 'ppp') lab.disconnectPpp(by.value);
        // A lease that moves is one row that changes.
        else if (!come.some((one) => isSame(one.by, by))) lab.expireLease(by.value);
      }
      for (const { by, address } of come) {
        if (by.kind === 'ppp') lab.connectPpp(by.value, address);
        else lab.lease(by.value, address);
      }
    });
  }

  #identityOf(who: string): Identity | null {
    return this.#people.find(({ id }) => id === who)?.by ?? null;
  }
}

function isOne(a: Shown, b: Shown): boolean {
  return a.address === b.address && isSame(a.by, b.by);
}

function revisionOf(lab: LabRouter): number {
  return SESSION_MENUS.reduce((sum, menu) => sum + (lab.state.tables.get(menu)?.revision ?? 0), 0);
}

function shownBy(lab: LabRouter): readonly Shown[] {
  const rowsOf = (menu: (typeof SESSION_MENUS)[number]): readonly Readonly<Record<string, string>>[] =>
    (lab.state.tables.get(menu)?.rows() ?? []).map(({ attributes }) => attributes);
  const sessions = rowsOf('/ppp/active').map((row): Shown => ({
    by: { kind: 'ppp', value: row['name'] ?? '' },
    address: row['address'] ?? '',
  }));
  const leases = rowsOf('/ip/dhcp-server/lease').map((row): Shown => ({
    by: { kind: 'mac', value: (row['active-mac-address'] ?? '').replaceAll(':', '').toLowerCase() },
    address: row['active-address'] ?? '',
  }));
  return [...sessions, ...leases];
}
