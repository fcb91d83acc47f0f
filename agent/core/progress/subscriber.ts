import { wishKey, type Hold, type Wish } from '../desired/live.ts';
import { describeRival } from '../page-rivals.ts';
import type { Verdict } from '../verdict.ts';
import { held, type Indexed, type Next } from './terms.ts';

/** What the instruction to cut a subscriber off has come to. */
export function cutNext({ id, cutoff }: Wish, input: Indexed): Next | null {
  if (cutoff === null) return null;
  const key = wishKey({ operation: cutoff.operation, subscriber: id, facet: 'cutoff' });
  if (input.expired.has(key)) return { state: 'failed', reason: 'expired' };
  if (input.decision.live.waiting.has(key)) return { state: 'planned' };
  return underway(input, input.verdicts.get(id), 'cutoff');
}

/** What the instruction to restore a subscriber has come to; null while he is wanted cut after all. */
export function openNext(id: string, input: Indexed): Next | null {
  const wish = input.wishes.get(id);
  if (wish !== undefined && wish.cutoff !== null) return null;
  if (input.opening.has(id)) return { state: input.phase === 'written' ? 'applied' : 'planned' };
  return underway(input, input.verdicts.get(id), 'open');
}

/** What the instruction to show a subscriber this notice has come to. */
export function noticeNext(id: string, notice: Wish['notices'][number], input: Indexed): Next {
  const { kind, operation, end } = notice;
  const key = wishKey({ operation, subscriber: id, facet: kind });
  if (input.decision.live.waiting.has(key)) return { state: 'planned' };
  const live = input.subscribers.get(id);
  const hold = input.holds.get(key) ?? freezeOf(id, input);
  if (hold !== null) return held(hold.reason, hold.detail, input);
  const shown = live?.notices[0]?.kind === kind && live.cut === null;
  if (!shown && live !== undefined && live.notices.some((candidate) => candidate.kind === kind))
    return held('cut-outranks', 'a cut-off or a higher notice is shown instead', input);
  // Its time went by before it could be shown.
  if (!shown && (end ?? Infinity) <= input.now) return { state: 'failed', reason: 'expired' };
  return underway(input, input.verdicts.get(id), 'notice');
}

/** What the instruction to end a notice has come to. */
export function noticeEndNext(id: string, input: Indexed): Next {
  const verdict = input.verdicts.get(id);
  const freeze = freezeOf(id, input);
  if (freeze !== null && verdict?.isDone === false) return held(freeze.reason, freeze.detail, input);
  return underway(input, verdict, 'notice-end');
}

/** Who is left alone while his cut is held gets no notice either, and keeps the one that stands. */
function freezeOf(id: string, { decision, verdicts }: Indexed): Hold | null {
  const hold = verdicts.get(id)?.hold ?? null;
  return decision.frozen.has(id) && hold?.facet === 'cutoff' ? hold : null;
}

function underway(
  input: Indexed,
  verdict: Verdict | undefined,
  aim: 'cutoff' | 'open' | 'notice' | 'notice-end',
): Next {
  if (verdict === undefined)
    return input.phase === 'read' ? { state: 'verified', evidence: { ...input.seen, rows: [] } } : { state: 'applied' };
  const hold = verdict.hold;
  if (hold !== null && aim === 'cutoff' && hold.facet === 'cutoff') return held(hold.reason, hold.detail, input);
  if (input.mode !== 'manage' && !(verdict.isDone && verdict.isVerified))
    return held('router-not-managed', `the router is in mode ${input.mode}`, input);
  if (verdict.isForgone && (aim === 'cutoff' || aim === 'notice'))
    return held('router-not-managed', 'the router is being given back: nothing new is put up', input);
  if (verdict.foreignRow !== null && aim !== 'notice-end') {
    const row = verdict.foreignRow;
    return {
      state: 'held',
      reason: 'foreign-row',
      evidence: {
        ...input.seen,
        row: row.get('.id') ?? '',
        list: row.get('list') ?? '',
        address: row.get('address') ?? '',
      },
    };
  }
  const other = verdict.otherRow;
  if (other !== null && !other.isGoing && aim === 'open')
    return held(
      'duplicate-address',
      `row ${other.row.get('.id') ?? ''} for ${other.owner} holds ${other.row.get('address') ?? ''}`,
      input,
    );
  if (verdict.pageRival !== null && verdict.isDone && (aim === 'cutoff' || aim === 'notice'))
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, detail: describeRival(verdict.pageRival), findings: ['page-address-shared'] },
    };
  const isVerified =
    aim === 'notice-end' ? verdict.isDone : aim === 'notice' ? isShown(input, verdict) : verdict.isVerified;
  if (input.phase === 'read' && isVerified)
    return { state: 'verified', evidence: { ...input.seen, rows: verdict.rows } };
  if (
    input.phase === 'read' &&
    verdict.isDone &&
    !input.decision.soundness.isSound &&
    input.decision.soundness.findings.some((finding) => finding.severity === 'error')
  )
    return {
      state: 'held',
      reason: 'router-degraded',
      evidence: { ...input.seen, findings: input.decision.soundness.findings.map(({ code }) => code) },
    };
  return { state: input.phase === 'written' || (verdict.isDone && other === null) ? 'applied' : 'planned' };
}

/** A cut that waits for a person does not make the notice shown meanwhile less true. */
function isShown({ decision }: Indexed, verdict: Verdict): boolean {
  if (verdict.hold?.facet !== 'cutoff') return verdict.isVerified;
  return verdict.isDone && !decision.frozen.has(verdict.hold.subscriber) && decision.soundness.isSound;
}
