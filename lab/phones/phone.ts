import { createHash } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { SipClient } from '../sip/client.ts';
import { header, headerLines, serialise, type Header, type SipRequest } from '../sip/message.ts';
import { parseUri } from '../sip/address.ts';
import type { Flow } from '../sip/socket.ts';
import { responseTo } from '../sip/transaction.ts';
import { Watch } from '../sip/watch.ts';
import { Discovery } from './discovery.ts';
import { download, type Downloaded } from './download.ts';
import { isEncrypted } from './encrypted.ts';
import type { LabFetch, LabNotify, LabPhone, LabPhoneOptions, Misbehaviour } from './lab-phone.ts';
import { NotifyGuard } from './notify-guard.ts';
import { Registration } from './registration.ts';
import type { Flash, LabLine } from './vendor.ts';
import { LAB_VENDORS } from './vendors.ts';

export type { LabPhone, LabPhoneOptions } from './lab-phone.ts';

/** From an enrolment on to where it leads; more would be a circle. */
const MAX_MOVES = 4;
const PATIENCE_MS = 10_000;

/** Switches a phone on; it has fetched and begun to register when this resolves. */
export async function startPhone(options: LabPhoneOptions): Promise<LabPhone> {
  const rules = LAB_VENDORS[options.vendor];
  const clock = options.clock ?? systemClock();
  const mac = options.mac.toLowerCase();
  const retryMs = options.retryMs ?? 2000;
  const flash: Flash = new Map();
  const known = new Map<string, string>();
  const watch = new Watch();
  const fetches: LabFetch[] = [];
  const notifies: LabNotify[] = [];
  const guard = new NotifyGuard(rules.vendor);
  const keysGiven = new Set<string>();
  const misbehaviour: Misbehaviour = {
    neverFetches: false,
    neverRegisters: false,
    notify: 'taken',
    slowMs: 0,
    toldMac: mac,
  };
  const state = {
    url: options.url,
    reboots: 0,
    isClosed: false,
    isAgain: false,
    running: null as Promise<void> | null,
    lines: [] as Registration[],
    cancelRetry: (): void => undefined,
  };
  const client = new SipClient({
    clock,
    received: (request, flow) => {
      if (discovery?.takes(request, flow) !== true) serve(request, flow);
    },
  });
  await client.socket.open();
  const discovery = options.pnp === undefined ? null : new Discovery(options.pnp, { client, mac, clock, rules });
  state.url = (await discovery?.ask(retryMs)) ?? options.url;
  rules.typed?.(state.url, flash);

  /** One round of fetching at a time; what asks meanwhile gets another one after it. */
  function fetchAll(): Promise<void> {
    if (state.running !== null) {
      state.isAgain = true;
      return state.running;
    }
    state.running = (async () => {
      do {
        state.isAgain = false;
        await fetchRound();
      } while (again());
    })().finally(() => {
      state.running = null;
    });
    return state.running;
  }

  function again(): boolean {
    return state.isAgain && !state.isClosed;
  }

  async function fetchRound(): Promise<void> {
    if (misbehaviour.slowMs > 0) {
      await new Promise<void>((resolve) => clock.at(clock.now() + misbehaviour.slowMs, resolve));
    }
    state.cancelRetry();
    const from = fetches.length;
    for (let moves = 0; moves < MAX_MOVES && !state.isClosed && !misbehaviour.neverFetches; moves += 1) {
      const home = state.url;
      for (const file of rules.files(mac, flash)) await fetchFile(home, file);
      state.url = rules.provisioningUrl(flash) ?? home;
      if (state.url === home || rules.movesLater === true) break;
    }
    // A phone that finds nothing tries again by itself.
    if (!state.isClosed && fetches.slice(from).every(({ status }) => status !== 200)) {
      state.cancelRetry = clock.at(clock.now() + retryMs, () => void fetchAll());
    }
    await setUpLines();
  }

  async function fetchFile(base: string, asked: string): Promise<void> {
    const url = /^https?:/.test(asked) ? asked : `${base}${base.endsWith('/') ? '' : '/'}${asked}`;
    const file = asked.slice(asked.lastIndexOf('/') + 1);
    const answer = await download(url, rules.userAgent(misbehaviour.toldMac), options.ca ?? null).catch(() => null);
    const plain = answer?.status === 200 ? plainOf(answer, asked) : null;
    const body = plain?.toString(rules.encoding ?? 'utf8') ?? null;
    const isUnreadable = answer?.status === 200 && body === null;
    // What the file holds is noted even where the phone rejects or skips it: it was given it.
    const keys = body === null ? [] : keysIn(file, body);
    for (const key of keys) keysGiven.add(key);
    fetches.push({
      at: clock.wall(),
      url,
      file,
      status: answer?.status ?? 0,
      sha256: answer?.status === 200 ? createHash('sha256').update(answer.body).digest('hex') : null,
      applied: body === null ? (isUnreadable ? 'rejected' : null) : rules.apply(file, body, mac, flash, known),
      encrypted: answer?.status === 200 && isEncrypted(answer),
      keys,
    });
    watch.changed();
  }

  /** What it can read of an answer. */
  function plainOf(answer: Downloaded, asked: string): Buffer | null {
    return rules.decrypted === undefined ? answer.body : rules.decrypted(answer, asked, mac, flash);
  }

  function keysIn(file: string, body: string): string[] {
    const alone: Flash = new Map();
    rules.apply(file, body, mac, alone, new Map());
    return rules.lines(alone).flatMap(({ key }) => (key === '' ? [] : [key]));
  }

  /** Ends registrations whose settings have changed, and begins those that are new. */
  async function setUpLines(): Promise<void> {
    if (misbehaviour.neverRegisters || state.isClosed) return;
    const wanted = rules.lines(flash);
    const before = state.lines;
    const kept = before.filter(({ line }) => wanted.some((each) => isSame(each, line)));
    const gone = before.filter((each) => !kept.includes(each));
    await Promise.all(gone.map((each) => each.end(true)));
    const fresh = wanted
      .filter((line) => !kept.some((each) => isSame(each.line, line)))
      .map((line) => {
        // The same account keeps its Contact: the registrar sees one device, not two.
        const earlier = gone.find((each) => each.line.position === line.position && each.line.user === line.user);
        const changed = (): void => {
          watch.changed();
        };
        return new Registration(line, mac, client, clock, retryMs, changed, earlier?.contactUser);
      });
    state.lines = [...kept, ...fresh].toSorted((a, b) => a.line.position - b.line.position);
    // A check-sync makes every line register anew.
    for (const each of state.lines) void each.register();
  }

  function serve(request: SipRequest, flow: Flow): void {
    if (state.isClosed || misbehaviour.notify === 'silent') return;
    const answer = (status: number, reason: string, extra: readonly Header[] = []): void => {
      flow.send(serialise(responseTo(request, flow, status, reason, extra)));
      if (request.method !== 'NOTIFY') return;
      const hasAuthorization = headerLines(request, 'authorization').length > 0;
      notifies.push({ event: header(request, 'event') ?? '', status, hasAuthorization });
      watch.changed();
    };
    const called = parseUri(request.uri)?.user;
    const target = state.lines.find(({ contactUser }) => contactUser === called);
    if (target === undefined) answer(404, 'Not Found');
    else if (request.method === 'OPTIONS') answer(200, 'OK');
    else if (request.method !== 'NOTIFY') answer(405, 'Method Not Allowed');
    else if (misbehaviour.notify === '481') answer(481, 'Subscription does not exist');
    else notified(request, target.line, answer);
  }

  function notified(
    request: SipRequest,
    line: LabLine,
    answer: (status: number, reason: string, extra?: readonly Header[]) => void,
  ): void {
    const act = rules.onEvent(header(request, 'event') ?? '', flash);
    if (act === null) {
      answer(489, 'Bad Event');
      return;
    }
    const mustProve = options.challengesNotify ?? rules.challengesNotify;
    if (mustProve && !guard.isProven(request, line)) {
      answer(401, 'Unauthorized', [guard.challenge()]);
      return;
    }
    answer(200, 'OK');
    if (act === 'fetch') void fetchAll();
    else if (act === 'reboot') void reboot();
  }

  async function reboot(): Promise<void> {
    state.reboots += 1;
    const gone = state.lines;
    state.lines = [];
    await Promise.all(gone.map((each) => each.end(false)));
    if (rules.fetchesAtStart(flash)) await fetchAll();
    else await setUpLines();
  }

  await fetchAll();
  return {
    mac,
    vendor: options.vendor,
    get url() {
      return state.url;
    },
    get sipPort() {
      return client.socket.port;
    },
    misbehaviour,
    get lines() {
      return linesNow();
    },
    fetches,
    notifies,
    get reboots() {
      return state.reboots;
    },
    keysGiven,
    poll: fetchAll,
    reboot,
    untilFetched: (fits, timeoutMs = PATIENCE_MS) =>
      watch.until(`such a fetch by ${mac}`, () => fetches.find(fits) ?? null, timeoutMs),
    untilRegistered: (user, key, timeoutMs = PATIENCE_MS) =>
      watch.until(
        `registration of ${user}`,
        () =>
          linesNow().find(
            (line) =>
              line.user === user && line.registeredWith !== null && (key === undefined || line.registeredWith === key),
          ) ?? null,
        timeoutMs,
      ),
    untilNotified: (fits, timeoutMs = PATIENCE_MS) =>
      watch.until(`such a NOTIFY at ${mac}`, () => notifies.find(fits) ?? null, timeoutMs),
    async close() {
      state.isClosed = true;
      state.cancelRetry();
      await Promise.all(state.lines.map((each) => each.end(false)));
      await client.close();
    },
  };

  function linesNow(): LabPhone['lines'] {
    return state.lines.map(({ line, state: { key, status, times } }) => ({
      ...line,
      registeredWith: key,
      lastStatus: status,
      registrations: times,
    }));
  }
}

function isSame(a: LabLine, b: LabLine): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
