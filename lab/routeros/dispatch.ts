import type { Outcome } from './commands/outcome.ts';
import { execute } from './commands/table.ts';
import { DelayLine } from './delay-line.ts';
import type { Fault, Faults } from './faults.ts';
import { logIn, type LoginForm } from './login.ts';
import { readRequest, type Request } from './request.ts';
import { ServiceQueue, type Costs } from './service.ts';
import { replySentence, type Session } from './session.ts';
import type { RouterState } from './state.ts';
import type { Tally } from './stats.ts';
import { Trap } from './trap.ts';
import { encodeSentence } from './codec.ts';
import { wreck, type Wreckage } from './wreck.ts';

export interface DispatchOptions {
  readonly state: RouterState;
  readonly faults: Faults;
  readonly tally: Tally;
  readonly costs: () => Costs;
  readonly login: LoginForm;
  readonly random: () => number;
  readonly reboot: (downMs: number) => void;
  readonly onServed: (request: Request, user: string | null) => void;
}

const WRITES = new Set(['add', 'set', 'unset', 'remove', 'move', 'enable', 'disable', 'comment', 'make-static']);

/** Takes sentences of all sessions, serves them one at a time in the order they came, and answers. */
export class Dispatch {
  readonly #options: DispatchOptions;
  readonly #service: ServiceQueue;
  readonly #wayBack: DelayLine;
  #epoch = 0;

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#service = new ServiceQueue(options.state.clock);
    this.#wayBack = new DelayLine(options.state.clock);
  }

  /** Percent of the last second in which the API was served: what one core did. */
  get loadPercent(): number {
    return this.#service.loadPercent;
  }

  /** Forgets everything under way: the router has rebooted or ended. */
  clear(): void {
    this.#epoch += 1;
    this.#service.clear();
    this.#wayBack.clear();
    this.#options.tally.forget();
  }

  receive(session: Session, words: readonly string[]): void {
    const { state, tally } = this.#options;
    const request = readRequest(words);
    tally.received(request.path);
    const arrivesAt = state.clock.now() + this.#options.costs().oneWayMs;
    if (request.path === '/cancel') this.#cancel(session, request, arrivesAt);
    else this.#serveInTurn(session, request, arrivesAt);
  }

  #serveInTurn(session: Session, request: Request, arrivesAt: number): void {
    const { faults } = this.#options;
    let isCancelled = false;
    let fault: Fault | null = null;
    session.running.set(request.tag, () => {
      isCancelled = true;
      this.#options.tally.settled();
      this.#interrupt(session, request.tag);
    });
    this.#service.submit(arrivesAt, {
      begin: () => {
        if (isCancelled) return 0;
        fault = faults.take(request, WRITES.has(request.command));
        return this.#costOf(request) + (fault?.kind === 'latency' ? fault.ms : 0);
      },
      run: (finishedAt) => {
        if (!isCancelled) this.#serve(session, request, fault, finishedAt);
      },
    });
  }

  #costOf({ menu, command, path }: Request): number {
    const costs = this.#options.costs();
    if (WRITES.has(command)) return costs.writeMs;
    if (command !== 'print' || path === '/login') return costs.readMs;
    return costs.printRowMs * (this.#options.state.tables.get(menu)?.size ?? 0);
  }

  #serve(session: Session, request: Request, fault: Fault | null, finishedAt: number): void {
    const { reboot, onServed } = this.#options;
    if (fault?.kind === 'stuck') return;
    session.running.delete(request.tag);
    const wreckage: Wreckage = { session, reply: () => this.#run(session, request), reboot };
    const epoch = this.#epoch;
    const send = wreck(fault, wreckage, request.tag);
    if (epoch === this.#epoch) this.#options.tally.settled();
    onServed(request, session.user);
    const when = finishedAt + this.#options.costs().oneWayMs;
    if (epoch === this.#epoch) this.#wayBack.add(when, send);
  }

  /** Does the command and gives the whole reply as bytes; a stream's later rows are sent as they come. */
  #run(session: Session, request: Request): string {
    const { state, login, random, tally } = this.#options;
    try {
      if (request.path === '/login') {
        const reply = logIn(state, session, request, login, random);
        if (session.user !== null) tally.logins += 1;
        return reply;
      }
      if (request.path === '/quit') return this.#fatal(session, 'session terminated on request');
      if (session.user === null) return this.#fatal(session, 'not logged in');
      const outcome = execute(state, session.user, request, (rows) => {
        tally.wrote(request.menu, rows);
      });
      return this.#print(session, request, outcome);
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      const attributes: [string, string][] = error.category === null ? [] : [['category', String(error.category)]];
      attributes.push(['message', error.message]);
      return replySentence('!trap', request.tag, attributes) + replySentence('!done', request.tag, []);
    }
  }

  #print(session: Session, request: Request, outcome: Outcome): string {
    const { dialect } = this.#options.state;
    const { tag } = request;
    if (outcome.kind === 'stream') {
      const stop = outcome.start((row) => {
        session.send(replySentence('!re', tag, Object.entries(row)));
      });
      session.streams.set(tag, stop);
      session.running.set(tag, () => {
        session.streams.delete(tag);
        stop();
        this.#interrupt(session, tag);
      });
      return '';
    }
    let text = '';
    for (const row of outcome.rows) text += replySentence('!re', tag, Object.entries(row));
    if (outcome.isRead && outcome.rows.length === 0 && dialect.hasEmpty) text += replySentence('!empty', tag, []);
    return text + replySentence('!done', tag, outcome.ret === undefined ? [] : [['ret', outcome.ret]]);
  }

  /** `/cancel` does not wait for its turn: it stops the command named, or every command of the connection. */
  #cancel(session: Session, request: Request, arrivesAt: number): void {
    this.#wayBack.add(arrivesAt + this.#options.costs().oneWayMs, () => {
      const tag = request.attributes.get('tag');
      for (const [running, stop] of [...session.running]) {
        if (tag !== undefined && running !== tag) continue;
        session.running.delete(running);
        stop();
      }
      this.#options.tally.settled();
      session.send(replySentence('!done', request.tag, []));
    });
  }

  #interrupt(session: Session, tag: string | null): void {
    const trap = [
      ['category', '2'],
      ['message', 'interrupted'],
    ] as const;
    session.send(replySentence('!trap', tag, trap) + replySentence('!done', tag, []));
  }

  #fatal(session: Session, reason: string): string {
    queueMicrotask(() => {
      session.end();
    });
    return encodeSentence(['!fatal', reason]);
  }
}
