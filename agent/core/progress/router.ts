import type { AdoptionState } from '../adopt/state.ts';
import { stepsOf } from '../plan/plan.ts';
import { held, type Indexed, type Next, type OpenPart } from './terms.ts';

/** What an instruction about all of a router has come to. */
export function wholeRouterNext(operation: Pick<OpenPart, 'kind' | 'state'>, input: Indexed): Next {
  const isAboutPortal = operation.kind === 'portal' || operation.kind === 'reissue';
  // To a router that is only observed no address is ever added: the portal would be awaited there for ever.
  if (isAboutPortal && input.decision.awaitsPortal && input.mode !== 'observe') return { state: 'planned' };
  const { plan, allowed } = input.decision;
  const isOfAllowed = isAboutPortal || (input.mode === 'assist' && operation.kind === 'reconcile');
  const steps = (isOfAllowed ? allowed : plan).stages.length;
  if (input.mode !== 'manage' && !isOfAllowed && steps > 0)
    return held('router-not-managed', `the router is in mode ${input.mode}`, input);
  if (input.phase === 'read' && steps === 0) {
    if (!input.decision.soundness.isSound && input.mode === 'manage')
      return {
        state: 'held',
        reason: 'router-degraded',
        evidence: { ...input.seen, findings: input.decision.soundness.findings.map(({ code }) => code) },
      };
    const heldCount = new Set(input.decision.holds.map((hold) => hold.subscriber)).size;
    // A claim is about rows of some: how many the router has says nothing of it.
    const leftOut = isAboutPortal && isLeftOut(input) ? { leftOut: input.mode } : {};
    const result = { subscribers: input.wishes.size, held: heldCount, ...leftOut };
    return {
      state: 'verified',
      evidence: { ...input.seen, ...leftOut },
      ...(operation.kind === 'claim' ? {} : { result }),
    };
  }
  const [refused] = input.decision.refused;
  if (refused !== undefined && input.phase === 'read')
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, detail: `${refused.command}: ${refused.why}`, findings: ['write-refused'] },
    };
  // What was written once and is put right again was not taken back.
  return { state: input.phase === 'read' && operation.state !== 'applied' ? 'planned' : 'applied' };
}

/**
 * True where the mode keeps a change of the portal from all or some of a router. That is no reason to wait: what is left
 * out leads to the portal that is in force then as soon as the router is managed, and nobody knows when that is.
 */
function isLeftOut({ decision: { plan, allowed, awaitsPortal }, mode }: Indexed): boolean {
  return stepsOf(plan).length > stepsOf(allowed).length || (mode === 'observe' && awaitsPortal);
}

/** What a step of an adoption has come to. */
export function adoptNext(operation: OpenPart, input: Indexed): Next {
  const { adoption, refusal, hold, isDone, rows, handBack, takeOver } = input.decision.adoption;
  // The store did not take the step.
  if (adoption?.operation !== operation.id)
    return { state: 'failed', reason: 'router-not-claimed', evidence: { ...input.seen, detail: untaken(adoption) } };
  const counted = { ...input.seen, rows: rows.length, changed: adoption.taken.length };
  switch (adoption.step) {
    case 'claim':
      return input.phase === 'read' ? { state: 'verified', evidence: counted } : { state: 'applied' };
    case 'hand-back': {
      if (!isDone || input.phase !== 'read') return { state: input.phase === 'read' ? 'planned' : 'applied' };
      const withheld = handBack.withheld.map(({ values }) => `${values['list'] ?? ''} ${values['address'] ?? ''}`);
      const kept = handBack.kept.map(({ row }) => `${row.get('list') ?? ''} ${row.get('address') ?? ''}`);
      const { opened } = handBack;
      return {
        state: 'verified',
        evidence: counted,
        result: { withheld, opened, ...(kept.length > 0 ? { kept } : {}) },
      };
    }
    case 'manage':
      break;
  }
  if (input.mode !== 'manage')
    return refusal === null
      ? held('router-not-managed', notManaged(input.mode), input)
      : held(refusal.reason, refusal.detail, input);
  if (hold !== null) return held(hold.reason, hold.detail, input);
  if (isDone && input.phase === 'read')
    return { state: 'verified', evidence: counted, result: { left: takeOver.left.length } };
  const { isSound, findings } = input.decision.soundness;
  if (input.phase === 'read' && !isSound && findings.some(({ severity }) => severity === 'error'))
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, findings: findings.map(({ code }) => code) },
    };
  return { state: input.phase === 'read' ? 'planned' : 'applied' };
}

/** The step makes an assisted router a managed one, and leaves alone one that is only observed. */
function notManaged(mode: Indexed['mode']): string {
  return `the router is in mode ${mode}: write mode: assist (or manage) at it in agent.routers and reload; then this step goes on by itself`;
}

function untaken(adoption: AdoptionState | null): string {
  return adoption?.step === 'hand-back' && !adoption.isSettled
    ? 'a hand-back is under way: claim again when it is over, or turn it round by the step manage'
    : 'nobody claimed the router, or it was handed back since';
}
