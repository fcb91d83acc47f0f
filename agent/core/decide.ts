import type { BrakeLimit } from '../../schemas/held-operation.ts';
import { adopt } from './adopt/adoption.ts';
import { allowedOf } from './adopt/allowed.ts';
import { barredNotices } from './adopt/barred-notices.ts';
import { NOTHING_AROUND } from './adopt/state.ts';
import { brake, type BrakeCandidate } from './brake.ts';
import { canonicalAddress } from './canonical.ts';
import { waitsForCentral } from './central.ts';
import { admissionKey, type Decision, type DecisionInput } from './decision.ts';
import { otherFindings } from './decision-findings.ts';
import { desiredRouter } from './desired/desired.ts';
import { liveState, type Hold, type LiveState, type LiveSubscriber } from './desired/live.ts';
import { foreignCuts } from './foreign-cuts.ts';
import { forwardsOf, planForwards } from './garden-forward.ts';
import { forgottenCuts } from './implied-restores.ts';
import { rowsOf } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { pageSource } from './page-source.ts';
import { planPhoneDhcp } from './phone-dhcp.ts';
import { placesLedTo } from './plan/back-end.ts';
import { makePlan } from './plan/plan.ts';
import { leftOf, refusalFindings, refusedStill } from './refused-writes.ts';
import { portalReach } from './portal-reach.ts';
import { isTrue, type Row } from './row.ts';
import { gatewaysOf } from './sessions/refused.ts';
import { usageOf } from './sessions/usage.ts';
import { placeOf } from './settings.ts';
import { hasLeft, LIST_MENUS, openForAnother, ownCutRows, ownSubscribers, portalWay } from './standing.ts';
import { noticeServerFindings } from './notice-server-findings.ts';
import { soundness } from './soundness.ts';

/** Decides, from one read of the router and one view of the store, what is to be written. Pure. */
export function decide(wanted: DecisionInput): Decision {
  const source = pageSource(wanted, wanted.listener ?? { kind: 'down', detail: 'no agent runs it' });
  const input = { ...wanted, settings: source.settings };
  const { observed, settings, now } = input;
  const cutRows = ownCutRows(observed, LIST_MENUS);
  const cutoffRows = ownCutRows(observed, [...LIST_MENUS, '/ip/proxy/access']);
  // A cut has begun when its rows were let through and stand: past its notAfter nobody is cut who was not (I2).
  const live = liveState(
    input.wishes,
    now,
    (operation, id) => {
      const key = admissionKey(operation, id);
      return input.admitted.has(key) && (cutoffRows.has(id) || input.begun?.has(key) === true);
    },
    {
      own: observed.ownAddresses,
      gateways: gatewaysOf(observed),
      prefixes: settings.prefixes ?? null,
      usage: usageOf(observed),
      isStanding: (id) => cutoffRows.has(id),
    },
  );
  const claimed = claimedAddresses(input.claims, live);
  // A dynamic row is not to be had: it goes when whoever made it lets it go.
  const isClaimed = (row: Row): boolean =>
    !isTrue(row.get('dynamic')) && claimed.has(canonicalAddress(row.get('address') ?? ''));
  const rows = [...rowsOf(observed, '/ip/firewall/address-list'), ...rowsOf(observed, '/ipv6/firewall/address-list')];
  const foreign = foreignCuts(rows, settings.lists.cutoff, isClaimed);
  const holds: Hold[] = [...live.holds];
  // Only a held cut freezes what stands: a held notice must never keep a paid subscriber's cut-off row (I1). Nor does one
  // freeze anything that is held because its subscriber is not there: a row at an address that is not his must go.
  const frozen = new Set(
    live.holds.filter((hold) => hold.facet === 'cutoff' && !isAbsence(hold)).map((hold) => hold.subscriber),
  );

  const way = portalWay(input.portal, input.portalAddresses, input.portalLead ?? null);
  const portalDoubt = portalReach({
    portalAddresses: input.portalAddresses,
    domain: way.domain,
    lists: [settings.lists.portal, ...settings.alsoPortal],
    rows,
    refused: new Set((input.refusedWrites ?? []).flatMap(({ place }) => place ?? [])),
  });
  // Cut at one of his addresses he is cut: of a dual-stack subscriber WispHub knows the IPv4 address only.
  const isCutAlready = (subscriber: LiveSubscriber): boolean =>
    cutRows.has(subscriber.id) || subscriber.addresses.some((address) => foreign.covering(address) !== null);

  const candidates: BrakeCandidate[] = [];
  const standing: BrakeCandidate[] = [];
  const heldCuts = new Set<string>();
  for (const subscriber of live.subscribers) {
    if (subscriber.cut === null) continue;
    const { operation, since } = subscriber.cut;
    const key = admissionKey(operation, subscriber.id);
    const isAdmitted = input.admitted.has(key);
    const isStanding = isCutAlready(subscriber);
    const hasBegun = isStanding || input.begun?.has(key) === true;
    const asked = { hasBegun, isAdmitted, isOpen: input.operations.has(operation) };
    if (waitsForCentral(input.central?.state ?? 'none', asked)) {
      heldCuts.add(subscriber.id);
      const detail = 'the central platform was not heard for too long: what it asked for may be paid by now';
      holds.push({ subscriber: subscriber.id, facet: 'cutoff', operation, reason: 'central-stale', detail });
      continue;
    }
    // Let through or not: what does not stand yet, or stands no more, is not written while nobody could pay (I4).
    const doubt = isStanding ? null : portalDoubt(subscriber.addresses);
    if (doubt !== null) {
      heldCuts.add(subscriber.id);
      holds.push({ subscriber: subscriber.id, facet: 'cutoff', operation, reason: 'portal-unknown', detail: doubt });
      continue;
    }
    // Where no cut is written, letting one through would be no word about anything.
    if (isAdmitted || !settings.isWritten) continue;
    if (isStanding) {
      standing.push({ subscriber: subscriber.id, operation, kind: 'cut', since });
      continue;
    }
    candidates.push({ subscriber: subscriber.id, operation, kind: 'cut', since });
  }
  const known = new Set(input.wishes.map((wish) => wish.id));
  for (const departure of input.departures) {
    if (known.has(departure.subscriber) || departure.named || !cutRows.has(departure.subscriber)) continue;
    if (input.admitted.has(admissionKey(departure.operation, departure.subscriber))) continue;
    candidates.push({ ...departure, kind: 'implied-restore' });
  }
  const orphans = orphanCandidates(input, cutRows, known);
  const decision = brake(
    [...candidates, ...orphans],
    new Map([...(input.releases ?? []), ...input.operations]),
    input.admittedBefore,
    { subscribers: input.wishes.length, now },
    input.limits,
  );
  for (const { candidate, detail, limit } of decision.held) {
    if (candidate.kind === 'cut') heldCuts.add(candidate.subscriber);
    else frozen.add(candidate.subscriber);
    holds.push(heldThere(candidate, detail, limit, settings));
  }
  const forgotten = forgottenCuts(input.wishes, cutRows, input.operations, input.limits);
  for (const { operation, subscribers: those, detail, limit } of forgotten) {
    for (const subscriber of those) {
      frozen.add(subscriber);
      holds.push(heldThere({ subscriber, operation }, detail, limit, settings));
    }
  }
  // An empty store knows nobody: that is doubt, not an instruction.
  if (input.wishes.length === 0 && input.departures.length === 0)
    for (const subscriber of ownSubscribers(observed)) frozen.add(subscriber);

  const servable = live.subscribers
    .filter((subscriber) => !frozen.has(subscriber.id))
    .map((subscriber) => (heldCuts.has(subscriber.id) ? { ...subscriber, cut: null } : subscriber));
  const { subscribers, holds: barred } =
    settings.mode === 'manage'
      ? barredNotices(servable, observed, settings, input.adoption?.taken ?? [])
      : { subscribers: servable, holds: [] };
  holds.push(...barred);
  const desired = desiredRouter(subscribers, input.portalAddresses, way, settings, observed.dialect, forwardsOf(input));
  const forwards = planForwards(input, desired.forwards);
  const phoneDhcp = planPhoneDhcp(input);
  for (const { id, cut, notices } of subscribers) {
    if (!desired.withoutUrl.has(id)) continue;
    // Never a paid subscriber's cut-off rows (I1); whatever else stands, stays.
    if (cut !== null || !cutoffRows.has(id)) frozen.add(id);
    const detail = `the notice URL needs the portal’s domain${way.awaited === null ? '' : ', whose addresses are not known yet'}`;
    const wanted = cut === null ? notices : [{ kind: 'cutoff' as const, operation: cut.operation }];
    for (const { kind, operation } of wanted)
      holds.push({ subscriber: id, facet: kind, operation, reason: 'portal-unknown', detail });
  }
  const left = hasLeft(live.subscribers);
  const isOpen = openForAnother({
    live: live.subscribers,
    cut: new Set(live.subscribers.filter(({ id, cut }) => cut !== null && !heldCuts.has(id)).map(({ id }) => id)),
    held: new Set(holds.filter(({ facet }) => facet === 'cutoff').map(({ subscriber }) => subscriber)),
  });
  const plan = makePlan({
    observed,
    desired,
    settings,
    frozen,
    isOpenForAnother: (address, id) => isOpen(address, id) || left(address, id),
    hasLeft: left,
    keepsShared: !input.portalAddresses.some((entry) => entry.use === 'portal'),
    claimed,
    owed: owedConnections(input, subscribers, cutRows),
    forwards: forwards.steps,
    phoneDhcp: phoneDhcp.steps,
  });
  // Somebody reaches the portal without what the router does not take of it, or nothing is sound.
  const isReached = portalDoubt([]) === null;
  const sound = soundness(observed, isReached ? leftOf(plan, input.refusedWrites ?? []) : plan, source);
  const adoption = adopt({
    adoption: input.adoption ?? null,
    around: input.around ?? NOTHING_AROUND,
    observed,
    settings,
    desired,
    live: live.subscribers,
    frozen,
    portalAddresses: input.portalAddresses,
    heldCuts,
    restored: input.restored,
    plan,
    isSound: sound.isSound,
    isAnybodyKnown: input.wishes.length > 0,
    operations: input.operations,
    isAdmitted: (operation, id) => input.admitted.has(admissionKey(operation, id)),
    admittedBefore: input.admittedBefore,
    limits: input.limits,
    now,
  });
  for (const { candidate, detail, limit } of adoption.heldLifts)
    holds.push(heldThere(candidate, detail, limit, settings));
  const refused = refusedStill(input.refusedWrites ?? [], adoption.plan);
  return {
    live,
    subscribers,
    plan: adoption.plan,
    allowed: allowedOf(adoption.plan, settings, adoption, input.restored),
    refused,
    adoption,
    backend: settings.backend.kind,
    leadsTo: [...placesLedTo(observed), ...(settings.backend.kind === 'web-proxy' ? [] : [settings.backend])].map(
      placeOf,
    ),
    soundness: sound,
    awaitsPortal: way.isAwaiting,
    holds,
    frozen,
    newlyAdmitted: [
      ...decision.admitted.filter((candidate) => !decision.announced.has(candidate)),
      ...adoption.newlyAdmitted,
    ],
    standing: [...standing, ...decision.announced],
    newlyBegun: newlyBegun(input, live, cutoffRows),
    foreign,
    ownCuts: foreignCuts(
      rows,
      settings.lists.cutoff,
      () => false,
      (row) => ownerOf(row)?.kind === 'cutoff',
    ),
    findings: [
      ...sound.findings,
      ...source.findings,
      ...settings.findings,
      ...refusalFindings(settings.router, refused),
      ...forwards.findings,
      ...phoneDhcp.findings,
      ...(input.around?.writes ?? []),
      ...otherFindings(
        input,
        holds.filter(({ reason }) => reason === 'brake').length,
        orphans.length,
        foreign,
        live.expiredLinks.size,
      ),
      ...noticeServerFindings({ ...input, subscribers }),
    ],
  };
}

/**
 * Cuts that are not proven yet, whose rows stand already, and of whose connections nothing is known: the process ended
 * between the rows and the connections. Open ones would go on, past every rule (FastTrack).
 */
function owedConnections(
  input: DecisionInput,
  subscribers: readonly LiveSubscriber[],
  cutRows: ReadonlySet<string>,
): readonly { readonly subscriber: string; readonly addresses: readonly string[] }[] {
  return subscribers
    .filter(({ id, cut }) => cut !== null && cutRows.has(id) && isOwed(input, cut.operation, id))
    .map(({ id, addresses }) => ({ subscriber: id, addresses: addresses.map((address) => address.text) }));
}

function isOwed({ operations, dropped, settings }: DecisionInput, operation: string, id: string): boolean {
  return settings.mode === 'manage' && operations.has(operation) && !dropped.has(admissionKey(operation, id));
}

/** Rows of ours for somebody the store has never heard of (a lost database): lifting them counts like a cut. */
function orphanCandidates(
  input: DecisionInput,
  cutRows: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly BrakeCandidate[] {
  // An empty store knows nobody: that is doubt, not an instruction.
  if (input.wishes.length === 0 && input.departures.length === 0) return [];
  const departed = new Set(input.departures.map((departure) => departure.subscriber));
  const operation = `orphans-${input.settings.router}`;
  return [...cutRows]
    .filter((id) => !known.has(id) && !departed.has(id) && !input.admitted.has(admissionKey(operation, id)))
    .map((subscriber) => ({ subscriber, operation, kind: 'implied-restore', since: input.now }));
}

/** Only of those who can be nowhere, and only where a time is set that would else end the cut while they are. */
function newlyBegun(
  { wishes, admitted, begun }: DecisionInput,
  live: LiveState,
  cutoffRows: ReadonlySet<string>,
): Decision['newlyBegun'] {
  const limited = new Set(wishes.filter(({ cutoff }) => (cutoff?.notAfter ?? null) !== null).map(({ id }) => id));
  return live.subscribers.flatMap(({ id, cut, hasIdentity }) => {
    if (cut === null || !hasIdentity || !limited.has(id) || !cutoffRows.has(id)) return [];
    const key = admissionKey(cut.operation, id);
    return admitted.has(key) && begun?.has(key) !== true ? [{ subscriber: id, operation: cut.operation }] : [];
  });
}

/** What a release lets through, or, on a router where nothing of it is written, what no release would end. */
function heldThere(
  { subscriber, operation }: Pick<BrakeCandidate, 'subscriber' | 'operation'>,
  detail: string,
  limit: BrakeLimit,
  { isWritten, mode }: DecisionInput['settings'],
): Hold {
  const base = { subscriber, facet: 'cutoff', operation } as const;
  return isWritten
    ? { ...base, reason: 'brake', detail, limit }
    : { ...base, reason: 'router-not-managed', detail: `the router is in mode ${mode}` };
}

function isAbsence({ reason }: Hold): boolean {
  return reason === 'address-in-use' || reason === 'not-online';
}

function claimedAddresses(claims: ReadonlySet<string>, live: LiveState): ReadonlyMap<string, string> {
  const claimed = new Map<string, string>();
  for (const { id, addresses } of live.subscribers)
    if (claims.has(id)) for (const { text } of addresses) claimed.set(text, id);
  return claimed;
}
