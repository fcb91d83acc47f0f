import type { Extension } from '../../schemas/extension.ts';
import type { IntentContext } from '../terms.ts';
import { failsCondition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { readStoredExtension } from './extensions.ts';
import { UNCHANGED, type PhoneDecision } from './phone-decision.ts';
import { journalWish } from './phone-events.ts';
import { readDelegation } from './read-delegation.ts';

/** What a change of an extension means for its delegation: the mail goes to an address, so another address begins it anew. */
export function delegationMove(before: Extension | null, after: Extension): 'begins' | 'ends' | null {
  const was = before?.webAccess === 'delegate';
  if (after.webAccess !== 'delegate') return was ? 'ends' : null;
  return was && before.email === after.email ? null : 'begins';
}

/** Carries it out, inside the caller's transaction. */
export function moveDelegation(
  connection: Connection,
  number: string,
  move: ReturnType<typeof delegationMove>,
  context: IntentContext,
): void {
  if (move === null) return;
  connection.run('DELETE FROM delegations WHERE number = ?', number);
  if (move === 'ends') return;
  connection.run('INSERT INTO delegations (number, since) VALUES (?, ?)', number, context.at);
  journalWish(connection, 'extension.delegated', `extension/${number}`, context, { state: 'delegated_pending' });
}

/** A person says that the user has set his web key; nothing else is ever taken for that. The same again changes nothing (I5). */
export function confirmDelegation(connection: Connection, number: string, context: IntentContext): PhoneDecision {
  const current = readStoredExtension(connection, number);
  if (current === null) return { outcome: context.ifMatch === undefined ? 'not-found' : 'precondition-failed' };
  if (failsCondition(context, current.revision)) return { outcome: 'precondition-failed' };
  const delegation = readDelegation(connection, number);
  if (delegation === null) return { outcome: 'not-delegated', number };
  if (delegation.state === 'confirmed') return UNCHANGED;
  connection.run('UPDATE delegations SET confirmed_at = ? WHERE number = ?', context.at, number);
  journalWish(connection, 'extension.delegation-confirmed', `extension/${number}`, context, { state: 'confirmed' });
  return UNCHANGED;
}
