import { commit, foreignRows } from '../../agent/test/worker/wild-router.ts';
import type { LabRouter } from '../../lab/routeros/lab-router.ts';
import type { MemoryWire } from '../../lab/routeros/memory-wire.ts';
import type { Request } from '../../lab/routeros/request.ts';
import type { OperationKind } from '../../schemas/operation.ts';
import type { Backend } from './actions.ts';
import type { Asked } from './asks.ts';
import { Claims } from './claims.ts';
import { RELOAD } from './listener-place.ts';
import { SESSION_MENUS } from './modems.ts';
import { overlap, rangeOf } from './places.ts';
import { Strikes } from './strikes.ts';
import { Suspicion } from './suspicion.ts';
import { CUT_LIST, Sight, WRITE, type Host, type Surroundings } from './sight.ts';

/**
 * Watches one router's data plane as subscribers and strangers see it: after each command of ours, and at rest. It asks
 * the lab what becomes of packets and the model what is wanted; of the product's own view it knows nothing.
 */
export class RouterWatch extends Sight {
  readonly wire: MemoryWire | null;
  /** As it is configured now. */
  backend: Backend;
  commands = 0;
  /** First appearances of a cut: when, by the box's wall clock. */
  readonly newCuts: number[] = [];
  readonly #strikes = new Strikes();
  readonly #suspicion = new Suspicion();
  readonly #claims = new Claims();
  readonly #stranded = new Set<string>();
  readonly #seenCut = new Set<string>();
  #foreign: ReturnType<typeof foreignRows>;
  /** Rows that no edit brought: the preset's. */
  #given = new Set<string>();
  /** What had happened when the pass under way began to read, and the last edit. */
  #readSeq = 0;
  #editSeq = 0;
  /** Nothing was left to write since the last edit. */
  #isSteady = false;
  #wasShut = true;
  #writes = 0;
  #bootedAt: number;

  constructor(
    world: Surroundings,
    { id, lab, wire, backend }: { id: string; lab: LabRouter; wire: MemoryWire | null; backend: Backend },
  ) {
    super(world, id, lab);
    this.wire = wire;
    this.backend = backend;
    this.#bootedAt = lab.state.bootedAt;
    this.#foreign = foreignRows(lab);
    this.#given = this.#foreignKeys();
    lab.onCommand((request) => {
      this.#served(request);
    });
  }

  /** Runs `run` when so many more commands were served. */
  strikeAfter(commands: number, run: () => void): () => void {
    return this.#strikes.add(this.commands + commands, run);
  }

  /** Somebody else changes the router: a person, a reboot, a reset. */
  change(how: () => void, isNewGiven = false): void {
    this.checkForeign();
    how();
    this.noteChange(isNewGiven);
  }

  noteChange(isNewGiven = false): void {
    this.world.seq += 1;
    this.#editSeq = this.world.seq;
    this.#bootedAt = this.lab.state.bootedAt;
    this.#foreign = foreignRows(this.lab);
    this.recall();
    if (isNewGiven) this.#given = this.#foreignKeys();
    this.#stranded.clear();
    this.#isSteady = false;
    this.#wasShut = this.isProxyShut;
    for (const host of this.hosts()) if (this.isCut(host) && this.#isStranded(host)) this.#stranded.add(host.ip);
  }

  /** The link to it is lost; it goes on by itself. */
  unplug(): Promise<void> {
    return this.lab.unplug();
  }

  plugIn(): void {
    void this.lab.plugIn();
  }

  /** Between two actions, whatever became of our last write: who has come to see another page, or none. */
  glance(when: string): void {
    for (const host of this.#oneOfEachSort()) this.#judge(host, when);
  }

  /** I3: what is not ours is as it was. */
  checkForeign(): void {
    const now = foreignRows(this.lab);
    for (const menu of Object.keys(this.#foreign)) {
      const [before, after] = [this.#foreign, now].map((rows) =>
        JSON.stringify(rows[menu]?.filter((row) => !this.#claims.covers(menu, row))),
      );
      if (before !== after)
        this.world.complain('I3', `${this.id} ${menu}: foreign rows were ${String(before)} and are ${String(after)}`);
    }
  }

  /** A person takes away what edits brought; what the router came with stays. */
  tidy(): void {
    this.change(() => {
      for (const [menu, rows] of Object.entries(foreignRows(this.lab))) {
        // Who is online is not what a person did to the router.
        if (SESSION_MENUS.some((one) => one === menu)) continue;
        const strange = rows.filter((row) => row['.id'] !== undefined && !this.#given.has(`${menu} ${row['.id']}`));
        for (const row of strange) this.lab.table(menu).remove(row['.id'] ?? '');
      }
      // A proxy that nobody uses any more; as long as it listens on our port, its guard stays.
      if (this.backend === 'notice-server') commit(this.lab, { do: 'proxy', enabled: false, port: '8080' });
    });
  }

  /** From now on he may be cut, at these addresses and where he is, for an instruction says so. */
  suspect(subscriber: string, addresses: readonly string[]): void {
    this.#suspicion.accuse(subscriber);
    this.#suspicion.note(subscriber, addresses);
    this.recall();
  }

  /** Told whenever somebody may have come to another address. */
  recall(): void {
    for (const subscriber of this.#suspicion.accused) {
      const addresses = this.hostsOf(subscriber).map(({ address }) => address);
      this.#suspicion.note(subscriber, addresses);
    }
    for (const subscriber of this.#claims.subscribers)
      for (const { address } of this.hostsOf(subscriber)) this.#claims.note(address);
  }

  /** A person hands the foreign rows over that stand where these subscribers are. */
  claim(subscribers: readonly string[]): void {
    this.#claims.add(subscribers);
    this.recall();
  }

  acquitAll(): void {
    this.#suspicion.acquitAll();
  }

  /** He is not to be cut any more: the next time is a new cut. */
  forgetCut(subscriber: string): void {
    this.#seenCut.delete(subscriber);
  }

  /** I6: an operation was called verified; the data plane must say the same at this moment. */
  verified(asked: Asked): void {
    if (this.#editSeq > this.#readSeq) return;
    const { kind, subscriber } = asked;
    if (subscriber !== null) this.#proven(kind, subscriber, asked);
    else for (const one of asked.changed) this.#proven(this.#wantedOf(one), one, asked);
    if (kind === 'restore' && subscriber !== null && this.world.lastAsked(subscriber) <= asked.seq)
      this.#suspicion.acquit(subscriber);
  }

  /** What a snapshot or a delta wants of a subscriber, as the single instruction would be called; null: it is left open. */
  #wantedOf(subscriber: string): OperationKind | null {
    const { model } = this.world;
    const wall = this.world.wall();
    switch (model.service(subscriber, wall)) {
      case 'cut':
        return 'cutoff';
      case 'open':
        return model.notice4(subscriber, wall) === null ? 'restore' : 'notice';
      case 'either':
        return null;
    }
  }

  #proven(kind: OperationKind | null, subscriber: string, { id, kind: asked, seq }: Asked): void {
    if (this.world.model.isDoubtful(subscriber) || this.world.lastAsked(subscriber) > seq) return;
    const told = asked === kind ? `${asked} of ${subscriber} is verified` : `${asked} ${id} is verified`;
    for (const host of this.hostsOf(subscriber)) {
      const isCut = this.isCut(host);
      const isOpened = kind === 'restore' || (kind === 'notice' && asked !== kind);
      if (isOpened && isCut) this.world.complain('I6', `${told}, but ${host.ip} of ${subscriber} is cut`);
      if (kind === 'cutoff' && !isCut) this.world.complain('I6', `${told}, but ${host.ip} of ${subscriber} is open`);
      const lack = this.lacksPage(host);
      const isMasked = lack === 'source' || lack === 'rival';
      if (lack === 'rival' && isCut && kind === 'cutoff' && this.pageOf(host) === RELOAD)
        this.world.complain('I6', `${told}, but ${host.ip} is shown no page because of another router`);
      if (kind === 'cutoff' && isCut && !isMasked && !this.isForeignHeld(host) && !this.hasPage(host))
        this.world.complain('I6', `${told}, but ${host.ip} reaches no page: ${this.whyNot(host)}`);
      if (kind === 'notice' && !host.isV6 && !isMasked && [null, RELOAD].includes(this.pageOf(host)))
        this.world.complain('I6', `${told}, but ${host.ip} sees none`);
    }
  }

  #served(request: Request): void {
    this.commands += 1;
    // A fault of the lab's may have rebooted it.
    if (this.lab.state.bootedAt !== this.#bootedAt) this.noteChange();
    if (request.path === '/system/resource/print') this.#beganToRead();
    if (WRITE.test(request.path)) {
      this.#writes += 1;
      this.#look(request);
    }
    this.#strikes.served(this.commands);
  }

  #beganToRead(): void {
    if (!this.#isSteady && this.#writes === 0 && this.#editSeq <= this.#readSeq) {
      // Nothing was written, but perhaps only because the link was lost: whole is what subscribers see as whole.
      const cut = this.hosts().filter((host) => this.isCut(host));
      this.#isSteady = cut.length > 0 && cut.every((host) => this.hasPage(host));
    }
    this.#writes = 0;
    this.#readSeq = this.world.seq;
  }

  /** Cut off from the portal; on a router that was whole before, the page that leads there counts too. */
  #isStranded(host: Host): boolean {
    const isPageOwed =
      this.#isSteady && this.lacksPage(host) === null && !this.#isLeaving(host) && !this.isCutByAnothers(host);
    return isPageOwed ? !this.hasPage(host) : !this.reachesPortal(host);
  }

  /** He is to be cut no more: our page server tells him to try again, before the router has let him go. */
  #isLeaving(host: Host): boolean {
    return this.isLedToListener(host) && this.world.model.service(host.subscriber, this.world.wall()) !== 'cut';
  }

  /** After a write of ours: hosts that it may concern. Rules concern all alike, so one of each sort speaks for it. */
  #look({ menu, command, attributes }: Request): void {
    const isList = menu.endsWith('/address-list');
    const address = attributes.get('address') ?? attributes.get('src-address');
    if (isList && command === 'remove') return;
    if (isList && command === 'add' && attributes.get('list') !== CUT_LIST) return;
    const hosts = this.hosts();
    if (address !== undefined && rangeOf(address) !== null) {
      const touched = hosts.filter((host) => overlap(host.address, address));
      for (const host of touched) this.#judge(host, `${menu}/${command}`);
      if (isList && command === 'add') {
        this.#accuse(touched);
        this.#noteCut(touched);
      }
      return;
    }
    for (const host of this.#oneOfEachSort())
      this.#judge(host, `${menu}/${command} ${JSON.stringify([...attributes])}`);
    if (isList) return;
    const isShut = this.isProxyShut;
    if (!isShut && this.#wasShut && this.#editSeq <= this.#readSeq)
      this.world.complain('open proxy', `${this.id} after ${menu}/${command}`);
    this.#wasShut = isShut;
  }

  #oneOfEachSort(): Iterable<Host> {
    const wall = this.world.wall();
    const sortOf = ({ isV6, subscriber, ip }: Host): string =>
      `${String(isV6)} ${this.world.model.service(subscriber, wall)} ${String(this.#stranded.has(ip))}`;
    return new Map(this.hosts().map((host) => [sortOf(host), host])).values();
  }

  #judge(host: Host, after: string): void {
    const isCut = this.isCut(host);
    if (!isCut) {
      this.#stranded.delete(host.ip);
      return;
    }
    if (!this.#suspicion.covers(host.address) && !this.isForeignHeld(host))
      this.world.complain(
        'I2',
        `${this.id}: ${host.ip} of ${host.subscriber} is cut after ${after}, and nobody said so`,
      );
    const isStranded = this.#isStranded(host);
    const isNews = isStranded && !this.#stranded.has(host.ip) && this.#editSeq <= this.#readSeq;
    if (isNews && !this.isForeignHeld(host))
      this.world.complain(
        'I4',
        `${this.id}: ${host.ip} of ${host.subscriber} reaches no page (${String(this.pageOf(host))}) after ${after}`,
      );
    if (isStranded) this.#stranded.add(host.ip);
    else this.#stranded.delete(host.ip);
  }

  /** Before a cut it is looked at who is there: nobody is cut at an address that was another's. */
  #accuse(hosts: readonly Host[]): void {
    if (this.#editSeq > this.#readSeq) return;
    for (const host of hosts) {
      const isMeant = this.#suspicion.isAccused(host.subscriber) || this.world.model.isDoubtful(host.subscriber);
      if (!isMeant && !this.isForeignHeld(host))
        this.world.complain('I2', `${this.id}: ${host.ip} of ${host.subscriber} is cut for somebody who is not there`);
    }
  }

  #noteCut(hosts: readonly Host[]): void {
    for (const { subscriber } of hosts) {
      if (this.#seenCut.has(subscriber)) continue;
      this.#seenCut.add(subscriber);
      if (!this.world.isFree(subscriber)) this.newCuts.push(this.world.wall());
    }
  }

  #foreignKeys(): Set<string> {
    return new Set(
      Object.entries(foreignRows(this.lab)).flatMap(([menu, rows]) => rows.map((row) => `${menu} ${row['.id'] ?? ''}`)),
    );
  }
}
