import { WISPHUB_CLIENTS } from '../../lab/routeros/wisphub.ts';
import type { LabRouter } from '../../lab/routeros/lab-router.ts';
import type { MemoryWire } from '../../lab/routeros/memory-wire.ts';
import type { Request } from '../../lab/routeros/request.ts';
import type { AdoptStep } from '../../schemas/adoption.ts';
import { differences, isForeign, isWisphubRow, plainRows, type Plain } from './adoption-rows.ts';
import type { Backend } from './actions.ts';
import type { Asked } from './asks.ts';
import { INTERNET, ROUTER, STRANGER } from './places.ts';
import { Sight, WRITE, type Host, type Surroundings } from './sight.ts';
import { Strikes } from './strikes.ts';
import { Suspicion } from './suspicion.ts';

/** What a client can do at this moment; whoever browses reaches the portal. */
interface Reach {
  readonly http: boolean;
  readonly https: boolean;
  readonly portal: boolean;
}

/** How far the router is by what was asked for, and by which operation; `none`: nobody has claimed it, or it was given back. */
interface Step {
  readonly name: AdoptStep | 'none';
  readonly operation: string | null;
  readonly isOver: boolean;
}

const WAYS = ['http', 'https'] as const;
const NOWHERE: Step = { name: 'none', operation: null, isOver: true };

/**
 * Watches a router that WispHub set up while it is claimed, managed and handed back. WispHub's rules count as found: what
 * they do to a client is no fault of ours, and each write is judged by what it changed for him. Only rows of WispHub's may
 * change, only once `manage` was asked for, and what is given back is as it was.
 */
export class AdoptionWatch extends Sight {
  readonly wire: MemoryWire | null;
  backend: Backend;
  commands = 0;
  /** New cuts are counted by what the store says was let through. */
  readonly newCuts: readonly number[] = [];
  readonly #strikes = new Strikes();
  readonly #suspicion = new Suspicion();
  readonly #last = new Map<string, Reach>();
  /** What WispHub's rules alone let through: at the beginning, and as they were given back. */
  #was: ReadonlyMap<string, Reach> = new Map();
  /** Everything of others before the first step. */
  #found: readonly Plain[];
  #step = NOWHERE;
  /** Steps that were asked for out of their order. */
  readonly #untaken = new Set<string>();
  readonly #superseded = new Set<string>();
  /** Since it was last nobody's, `manage` was asked for. */
  #isTouched = false;
  #isGivenBack = false;
  #readSeq = 0;
  #stepSeq = 0;
  #isBegun = false;
  #wasManaged = false;
  #bootedAt: number;

  constructor(
    world: Surroundings,
    { id, lab, wire, backend }: { id: string; lab: LabRouter; wire: MemoryWire | null; backend: Backend },
  ) {
    super(world, id, lab);
    this.wire = wire;
    this.backend = backend;
    this.#found = plainRows(lab).filter(isForeign);
    this.#bootedAt = lab.state.bootedAt;
    lab.onCommand((request) => {
      this.#served(request);
    });
  }

  strikeAfter(commands: number, run: () => void): () => void {
    return this.#strikes.add(this.commands + commands, run);
  }

  /** A reboot: no row of anybody's is another for it. */
  change(how: () => void): void {
    how();
    this.world.seq += 1;
    this.#look();
  }

  unplug(): Promise<void> {
    return this.lab.unplug();
  }

  plugIn(): void {
    void this.lab.plugIn();
  }

  suspect(subscriber: string): void {
    this.#suspicion.accuse(subscriber);
  }

  acquitAll(): void {
    this.#suspicion.acquitAll();
  }

  /** Clients of this router stay where they are. */
  recall(): void {
    return;
  }

  /** He is not to be cut any more; the next cut is as good a cut as the first. */
  forgetCut(): void {
    return;
  }

  /** Nobody hands single rows of this router over. */
  claim(): void {
    return;
  }

  glance(when: string): void {
    this.#judgeAll(when);
    this.checkForeign();
  }

  /** A step was asked for. What the house's rules say of its order decides whether it is taken. */
  asked(name: AdoptStep, operation: string): void {
    const before = this.#step;
    const isOpenBack = before.name === 'hand-back';
    const isTaken = name === 'claim' ? !isOpenBack : before.name !== 'none';
    if (!isTaken) {
      this.#untaken.add(operation);
      return;
    }
    // Who manages has claimed.
    if (name === 'claim' && before.name === 'manage') return;
    if (before.operation !== null && !before.isOver) this.#superseded.add(before.operation);
    this.#step = { name, operation, isOver: false };
    this.#stepSeq = this.world.seq;
    this.#isGivenBack = false;
    if (name !== 'claim') this.#isTouched = true;
  }

  isUntaken(operation: string): boolean {
    return this.#untaken.has(operation);
  }

  /** The step under way, if any. */
  get openStep(): string | null {
    return this.#step.isOver ? null : this.#step.operation;
  }

  /** What is wanted is carried out, to the last row. */
  get isManaged(): boolean {
    return this.#step.name === 'manage' && this.#step.isOver;
  }

  /** I6: what was called verified, the data plane must say at this moment. */
  verified(asked: Asked): void {
    if (asked.kind === 'adopt') {
      this.#stepped(asked);
      return;
    }
    const about = asked.subscriber === null ? asked.changed : [asked.subscriber];
    for (const id of about) {
      if (this.world.lastAsked(id) > asked.seq) continue;
      const service = this.world.model.service(id, this.world.wall());
      for (const host of this.hostsOf(id)) {
        const isCut = this.isCut(host);
        const told = `${asked.kind} ${asked.id} is verified`;
        if (asked.kind === 'restore' && isCut && service === 'open' && !this.#isReminded(id))
          this.world.complain('I6', `${told}, but ${host.ip} of ${id} is cut: ${this.#why(host)}`);
        if (asked.kind === 'cutoff' && !isCut && service === 'cut')
          this.world.complain('I6', `${told}, but ${host.ip} of ${id} is open`);
      }
      if (asked.kind === 'restore') this.#suspicion.acquit(id);
    }
  }

  /** I3: what is not WispHub's never changes, and what is only while it is being taken over or given back. */
  checkForeign(): void {
    const isKept = (row: Plain): boolean => isForeign(row) && !(this.#isTouched && isWisphubRow(row));
    const now = plainRows(this.lab);
    const [first] = differences(this.#found.filter(isKept), now.filter(isKept), () => false);
    if (first !== undefined) this.world.complain('I3', `${this.id} ${first}`);
    if (this.#isTouched) return;
    // Until then of ours there is the portal's list alone, and what an earlier hand-back left of it.
    const strange = now.find(
      (row) => !isForeign(row) && !/:(?:portal|garden|always):|^left/.test(row.values['comment'] ?? ''),
    );
    if (strange !== undefined) this.world.complain('I3', `${this.id}, which is only assisted, has ${strange.text}`);
  }

  get isProxyOpen(): boolean {
    const asked = {
      source: STRANGER,
      destination: ROUTER,
      destinationPort: 999,
      protocol: 'tcp',
      isWan: true,
    } as const;
    return this.lab.probe(asked).verdict === 'proxied';
  }

  #stepped({ id, seq }: Asked): void {
    if (this.#step.operation !== id) return;
    const { name } = this.#step;
    this.#step = { ...this.#step, isOver: true };
    if (name === 'manage') this.#wasManaged = true;
    // What was never taken over is still as WispHub has it.
    if (!this.#wasManaged) {
      if (name === 'hand-back') this.#givenBack(id);
      return;
    }
    for (const host of this.hosts()) {
      const isOpen = this.world.model.service(host.subscriber, this.world.wall()) === 'open';
      if (isOpen && this.isCut(host) && !this.#isSpokenOf(host.subscriber) && !this.#isReminded(host.subscriber))
        this.world.complain(
          'I1',
          `${name} ${id} of ${seq} is verified, and ${host.ip} of ${host.subscriber}, who is to be open, is cut`,
        );
    }
    if (name === 'hand-back') this.#givenBack(id);
  }

  #givenBack(id: string): void {
    const now = plainRows(this.lab).filter(({ values }) => !/^left by wisp-edge/.test(values['comment'] ?? ''));
    for (const one of differences(this.#found, now, (row) => this.#mayBeWithheld(row)))
      this.world.complain('I3', `${this.id} was handed back (${id}), and ${one}`);
    this.#found = now;
    this.#was = new Map(WISPHUB_CLIENTS.map(({ id: one, address }) => [one, this.#reachOf(hostOf(one, address))]));
    this.#step = NOWHERE;
    this.#isTouched = false;
    this.#wasManaged = false;
    this.#isGivenBack = true;
  }

  /** A row that would cut, or keep from browsing, somebody who is to be open now. */
  #mayBeWithheld({ menu, values }: Plain): boolean {
    if (menu !== '/ip/firewall/address-list') return false;
    const { list, address } = values;
    const client = WISPHUB_CLIENTS.find((one) => one.address === address);
    if (client === undefined || (list !== 'Moroso' && list !== 'Aviso')) return false;
    return this.world.model.service(client.id, this.world.wall()) !== 'cut' || this.#isSpokenOf(client.id);
  }

  #served(request: Request): void {
    this.commands += 1;
    if (!this.#isBegun) this.#begin();
    // A fault of the lab's may have rebooted it.
    if (this.lab.state.bootedAt !== this.#bootedAt) this.#look();
    this.#bootedAt = this.lab.state.bootedAt;
    if (request.path === '/system/resource/print') this.#readSeq = this.world.seq;
    if (WRITE.test(request.path)) {
      const told = `${request.path} ${JSON.stringify([...request.attributes])}`;
      if (this.#isGivenBack) this.world.complain('I3', `${this.id} was given back, and ${told} came after`);
      this.#judgeAll(told);
    }
    this.#strikes.served(this.commands);
  }

  /** As it was before the first command of ours; names in its lists are answered by now. */
  #begin(): void {
    this.#isBegun = true;
    this.#look();
    this.#was = new Map(this.#last);
  }

  #look(): void {
    for (const { id, address } of WISPHUB_CLIENTS) this.#last.set(id, this.#reachOf(hostOf(id, address)));
  }

  #judgeAll(after: string): void {
    for (const { id, address } of WISPHUB_CLIENTS) this.#judge(hostOf(id, address), after);
    if (this.isProxyOpen) this.world.complain('open proxy', `${this.id} after ${after}`);
  }

  #judge(host: Host, after: string): void {
    const id = host.subscriber;
    const now = this.#reachOf(host);
    const last = this.#last.get(id) ?? now;
    this.#last.set(id, now);
    const told = `${this.id}: ${host.ip} of ${id}`;
    if (!now.https && last.portal && !now.portal)
      this.world.complain('I4', `${told} lost the portal after ${after}: ${this.whyNot(host)}`);
    const wanted = this.world.model.wanted.get(id);
    if (wanted?.router !== this.id || this.#isSpokenOf(id)) return;
    const service = this.world.model.service(id, this.world.wall());
    const mayBeReminded = this.#isGoingBack && this.#isReminded(id);
    if (service === 'open' && !this.#suspicion.isAccused(id) && last.https && !now.https && !mayBeReminded)
      this.world.complain('I2', `${told} is cut after ${after}, and nobody said so: ${this.#why(host)}`);
    if (service !== 'cut') return;
    const was = this.#was.get(id) ?? now;
    for (const way of WAYS) {
      const mayBrowse = this.#isGoingBack ? was[way] : last[way];
      if (now[way] && !last[way] && !mayBrowse)
        this.world.complain('I2', `${told}, who is to stay cut, browses by ${way} after ${after}`);
    }
  }

  /** A hand-back is under way, or was when the pass began that goes on. */
  get #isGoingBack(): boolean {
    return this.#step.name === 'hand-back' || this.#stepSeq > this.#readSeq;
  }

  /** Something was said of him since the pass under way began. */
  #isSpokenOf(subscriber: string): boolean {
    return this.world.lastAsked(subscriber) > this.#readSeq;
  }

  /** WispHub's reminder keeps him from browsing, and he is to have one. */
  #isReminded(subscriber: string): boolean {
    const isTheirs = WISPHUB_CLIENTS.some(({ id, state }) => id === subscriber && state === 'reminder');
    return isTheirs && (this.world.model.wanted.get(subscriber)?.notices.size ?? 0) > 0;
  }

  /** What a new connection of his meets. */
  #why({ ip }: Host): string {
    const asked = { source: ip, destination: INTERNET[4], destinationPort: 443, protocol: 'tcp' } as const;
    return this.lab.probe(asked).by.join(' > ');
  }

  #reachOf(host: Host): Reach {
    const asked = { source: host.ip, destination: INTERNET[4], destinationPort: 80, protocol: 'tcp' } as const;
    const { verdict, destination, proxy } = this.lab.probe({ ...asked, http: { host: 'example.com' } });
    const http =
      (verdict === 'accepted' && destination === INTERNET[4]) || (verdict === 'proxied' && proxy?.kind === 'allow');
    const https = !this.isCut(host);
    return { http, https, portal: https || this.reachesPortal(host) };
  }
}

function hostOf(subscriber: string, address: string): Host {
  return { subscriber, address, ip: address, isV6: false };
}
