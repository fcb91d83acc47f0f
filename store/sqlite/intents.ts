import { AppError } from '../../schemas/app-error.ts';
import type { AcceptResult, Intent, IntentContext } from '../ports.ts';
import { acceptAdopt } from './adoptions.ts';
import type { Connection } from './connection.ts';
import { findAnswer, recordAnswer, replayed } from './idempotency.ts';
import { acceptPortal, acceptPortalConfirm, acceptReissue } from './portal-intents.ts';
import { ReleaseWord, type ReleaseIntent } from './release-word.ts';
import {
  acceptClaim,
  acceptDoctor,
  acceptReconcile,
  acceptRelease,
  acceptReleaseEverywhere,
  type SwitchHeld,
} from './router-intents.ts';
import { deleteSubscriber, putSubscriber } from './subscriber-intents.ts';
import { endWish, putWish } from './wish-intents.ts';

/** What is accepted as it comes; a release may have to be laid out first. */
type PlainIntent = Exclude<Intent, ReleaseIntent>;

/** Accepts one instruction, inside the caller's transaction: condition, change, operation, journal and answer together. */
export function acceptIntent(connection: Connection, intent: PlainIntent, context: IntentContext): AcceptResult {
  return answered(connection, context, () => decide(connection, intent, context));
}

/**
 * Accepts a release, the same way, as one transaction of its own, however many names it has: a person who releases a
 * snapshot for the site releases all of it, or nothing.
 */
export async function acceptReleaseWord(
  connection: Connection,
  intent: ReleaseIntent,
  context: IntentContext,
  switchHeld: SwitchHeld,
): Promise<AcceptResult> {
  const word = new ReleaseWord(connection, intent, context);
  await word.draft(intent.kind === 'release' ? [intent.router] : intent.routers);
  const result = await connection.write(() =>
    answered(connection, context, () =>
      intent.kind === 'release'
        ? acceptRelease(connection, intent, word, context)
        : acceptReleaseEverywhere(connection, intent, word, context, switchHeld),
    ),
  );
  await word.end(result.outcome === 'accepted');
  return result;
}

/** Gives a repeated request the answer it got before, and keeps the answer of a new one. */
function answered(connection: Connection, context: IntentContext, accept: () => AcceptResult): AcceptResult {
  const answer = findAnswer(connection, context.idempotency);
  if (answer === 'key-reused') return { outcome: 'key-reused' };
  if (answer !== null) return replayed(answer);
  const result = accept();
  if (result.outcome === 'accepted') {
    const { created, operation, record } = result;
    recordAnswer(connection, context.idempotency, 'intent', context.at, { created, operation, record });
  }
  return result;
}

function decide(connection: Connection, intent: PlainIntent, context: IntentContext): AcceptResult {
  switch (intent.kind) {
    case 'put-subscriber':
      return putSubscriber(connection, intent.id, intent.subscriber, context);
    case 'delete-subscriber':
      return deleteSubscriber(connection, intent.id, context);
    case 'cutoff':
      return putWish(connection, { id: intent.id, facet: 'cutoff', kind: 'cutoff', value: intent.cutoff }, context);
    case 'restore':
      return endWish(connection, { id: intent.id, facet: 'cutoff', kind: 'restore' }, context);
    case 'notice':
      return putWish(connection, { id: intent.id, facet: intent.notice, kind: 'notice', value: intent.value }, context);
    case 'notice-end':
      return endWish(connection, { id: intent.id, facet: intent.notice, kind: 'notice-end' }, context);
    case 'portal':
      return acceptPortal(connection, intent.portal, context);
    case 'portal-confirm':
      return acceptPortalConfirm(connection, intent.host, context);
    case 'reissue':
      return acceptReissue(connection, context);
    case 'reconcile':
      return acceptReconcile(connection, intent.router, context);
    case 'claim':
      return acceptClaim(connection, intent.router, intent.subscribers, context);
    case 'adopt':
      return acceptAdopt(connection, intent.router, intent.step, context);
    case 'doctor':
      return acceptDoctor(connection, intent.router, intent.selfTest, context);
    default:
      throw new AppError('internal', 'an intent of an unknown kind', { retryable: false });
  }
}
