import { isOurs } from '../../agent/test/worker/wild-router.ts';
import type { LabRouter } from '../../lab/routeros/lab-router.ts';
import type { ProbeResult } from '../../lab/routeros/data-plane/probe.ts';
import { LISTENER, RELOAD, type ListenerPlace } from './listener-place.ts';
import type { Model } from './model.ts';
import { hostIn, INTERNET, NEIGHBOUR, overlap, PORTALS, ROUTER, STRANGER } from './places.ts';

const LISTS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'] as const;
/** Commands that change a router. */
export const WRITE = /\/(add|set|unset|remove|move|enable|disable|comment)$/;
export const CUT_LIST = 'Moroso';
/** Kinds of rows of ours that are for one subscriber. */
export const PERSONAL = new Set(['cutoff', 'maintenance', 'payment-due', 'custom', 'notice', 'once']);

/** What a watch needs of the world around its router. */
export interface Surroundings {
  readonly model: Model;
  readonly listener: ListenerPlace;
  /** Counts what happened: edits of routers, instructions. */
  seq: number;
  wall(): number;
  complain(promise: string, what: string): void;
  lastAsked(subscriber: string): number;
  isFree(subscriber: string): boolean;
  knownAddresses(domain: string): readonly string[];
  /** Another router leads this address to our page server, or is told to. */
  hasRival(router: string, ip: string): boolean;
}

export interface Host {
  readonly subscriber: string;
  /** The address as the subscriber has it, and one host in it. */
  readonly address: string;
  readonly ip: string;
  readonly isV6: boolean;
}

/** What subscribers and strangers see of one router: the lab is asked what becomes of their packets. */
export class Sight {
  readonly id: string;
  readonly lab: LabRouter;
  protected readonly world: Surroundings;

  constructor(world: Surroundings, id: string, lab: LabRouter) {
    this.world = world;
    this.id = id;
    this.lab = lab;
  }

  hosts(): readonly Host[] {
    return [...this.world.model.wanted.keys()].flatMap((subscriber) => this.hostsOf(subscriber));
  }

  hostsOf(subscriber: string): readonly Host[] {
    const { model } = this.world;
    if (model.wanted.get(subscriber)?.router !== this.id) return [];
    return model.places(subscriber).own.map((address) => hostOf(subscriber, address));
  }

  isCut({ ip, isV6 }: Pick<Host, 'ip' | 'isV6'>): boolean {
    return this.#verdict(ip, INTERNET[isV6 ? 6 : 4], 443) !== 'accepted';
  }

  /** Where plain HTTP of this host is sent to, by the router's proxy or by our page server; null: nowhere. */
  pageOf({ ip }: Pick<Host, 'ip'>): string | null {
    const probe = this.#browse(ip);
    if (probe.verdict === 'proxied') return probe.proxy?.location ?? null;
    return isAtListener(probe) ? this.world.listener.pageOf(probe.seenSource ?? ip) : null;
  }

  /**
   * What our page server cannot give: nobody listens there, which is no fault of the router's; or somebody's source NAT
   * hides the subscriber from it (README, "Web proxy or notice server": no source NAT on the way); or another router leads
   * the same address there, and it cannot tell which of two subscribers comes.
   */
  lacksPage({ ip }: Pick<Host, 'ip'>): 'listener' | 'source' | 'rival' | null {
    const probe = this.#browse(ip);
    if (!isAtListener(probe)) return null;
    if (probe.seenSource !== ip) return 'source';
    if (!this.world.listener.isOpen) return 'listener';
    return this.world.hasRival(this.id, ip) ? 'rival' : null;
  }

  /** The page server, which takes a restored subscriber out of its book before the router lets him go. */
  isLedToListener({ ip }: Pick<Host, 'ip'>): boolean {
    return isAtListener(this.#browse(ip));
  }

  /** I4 as the subscriber sees it: he is sent to a page, and the page can be reached. IPv6 is not sent anywhere. */
  hasPage(
    host: Host,
    places: (domain: string) => readonly string[] = (domain) => this.world.knownAddresses(domain),
  ): boolean {
    const reaches = (to: string): boolean => this.#reaches(host.ip, to);
    if (host.isV6) {
      // Nothing leads there, so any portal will do: which one is in force is for the IPv4 page to say.
      const all = [...PORTALS.keys()].flatMap(places).filter((address) => address.includes(':'));
      return all.length === 0 || all.some(reaches);
    }
    const page = this.pageOf(host);
    if (page === null || page === RELOAD) return false;
    const domain = new URL(page).hostname;
    // A page of the subscriber's own may lead to a portal of before.
    if (page.includes('/propio/') && domain !== this.world.model.domain) return true;
    const known = places(domain).filter((address) => !address.includes(':'));
    return known.length === 0 || known.some(reaches);
  }

  /** A row of somebody else's in the cut-off list holds this address; `isAny`: a disabled one too, or a piece of ours that was copied. */
  isForeignHeld({ address }: Pick<Host, 'address'>, isAny = false): boolean {
    return LISTS.some((menu) =>
      (this.lab.state.tables.get(menu)?.rows() ?? []).some(
        ({ attributes, isDynamic }) =>
          attributes['list'] === CUT_LIST &&
          (isAny || attributes['disabled'] !== 'true') &&
          overlap(attributes['address'] ?? '', address) &&
          !isOurs({ ...attributes, dynamic: String(isDynamic) }),
      ),
    );
  }

  /**
   * What cuts him is a row of ours for somebody else alone, as where an address changed hands and the router is away: the
   * other's page is not his to see, and his own is owed with his own row.
   */
  isCutByAnothers({ subscriber, address }: Pick<Host, 'subscriber' | 'address'>): boolean {
    const owners = LISTS.flatMap((menu) =>
      (this.lab.state.tables.get(menu)?.rows() ?? []).flatMap(({ attributes, isDynamic }) => {
        const [, kind = '', key = ''] = (attributes['comment'] ?? '').split(':');
        const isHere = attributes['list'] === CUT_LIST && overlap(attributes['address'] ?? '', address);
        return isHere && PERSONAL.has(kind) && isOurs({ ...attributes, dynamic: String(isDynamic) }) ? [key] : [];
      }),
    );
    return owners.length > 0 && !owners.includes(subscriber);
  }

  /**
   * Rows of ours for somebody who is not where they stand, or who is no subscriber of this router: to lift those counts
   * like a cut, and so may wait for a person (`mayWait`).
   */
  strays(mayWait: boolean): readonly string[] {
    const { model } = this.world;
    return [...LISTS, '/ip/proxy/access'].flatMap((menu) =>
      (this.lab.state.tables.get(menu)?.rows() ?? []).flatMap(({ attributes, isDynamic }) => {
        const [, kind = '', key = ''] = (attributes['comment'] ?? '').split(':');
        const address = attributes['address'] ?? attributes['src-address'] ?? '';
        if (!PERSONAL.has(kind) || !isOurs({ ...attributes, dynamic: String(isDynamic) })) return [];
        // What is left open may stand.
        if (model.service(key, this.world.wall()) === 'either') return [];
        if (mayWait && model.wanted.get(key)?.router !== this.id) return [];
        const isThere = this.hostsOf(key).some((host) => overlap(host.address, address));
        return isThere ? [] : [`${menu} ${address} of ${key} (${kind})`];
      }),
    );
  }

  get isProxyShut(): boolean {
    const stranger = this.lab.probe({
      source: STRANGER,
      destination: ROUTER,
      destinationPort: 999,
      protocol: 'tcp',
      isWan: true,
    });
    const neighbour = this.lab.probe({
      source: NEIGHBOUR,
      destination: '100.64.0.1',
      destinationPort: 999,
      protocol: 'tcp',
    });
    return stranger.verdict !== 'proxied' && neighbour.verdict !== 'proxied';
  }

  /** What the page is, and what its addresses meet on the way. */
  whyNot({ ip, isV6 }: Host): string {
    const page = isV6 ? null : this.pageOf({ ip });
    const places = [...PORTALS.keys()].flatMap((domain) => this.world.knownAddresses(domain));
    const ways = places
      .filter((address) => address.includes(':') === isV6)
      .map((destination) => {
        const { verdict, by } = this.lab.probe({ source: ip, destination, destinationPort: 443, protocol: 'tcp' });
        return `${destination} ${verdict} by ${by.join(' > ')}`;
      });
    return `${String(page)}; ${ways.join('; ')}`;
  }

  reachesPortal({ ip, isV6 }: Host): boolean {
    const all = [...PORTALS.keys()].flatMap((domain) => this.world.knownAddresses(domain));
    const known = all.filter((address) => address.includes(':') === isV6);
    return known.length === 0 || known.some((to) => this.#reaches(ip, to));
  }

  #reaches(source: string, to: string): boolean {
    return this.#verdict(source, to, 443) === 'accepted' && this.#verdict(source, to, 80) === 'accepted';
  }

  #browse(source: string): ProbeResult {
    const spec = { source, destination: INTERNET[4], destinationPort: 80, protocol: 'tcp' as const };
    return this.lab.probe({ ...spec, http: { host: 'example.com' } });
  }

  #verdict(source: string, destination: string, destinationPort: number): string {
    return this.lab.probe({ source, destination, destinationPort, protocol: 'tcp' }).verdict;
  }
}

function isAtListener({ verdict, destination, destinationPort }: ProbeResult): boolean {
  return verdict === 'accepted' && destination === LISTENER.address && destinationPort === LISTENER.port;
}

function hostOf(subscriber: string, address: string): Host {
  return { subscriber, address, ip: hostIn(address), isV6: address.includes(':') };
}
