import type { OperationReason } from '../../schemas/operation.ts';
import { isFinal } from '../../schemas/operation.ts';
import type { PhoneWork } from '../phone-ports.ts';
import { PROVISIONER, type IntentContext, type OperationAdvance } from '../terms.ts';
import { advancePart } from './advances.ts';
import { failsCondition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { readStoredExtension, type SealedKey } from './extensions.ts';
import { insertOperation } from './operations.ts';
import { answeredWith, type PhoneDecision } from './phone-decision.ts';
import { readStoredPhone } from './phones.ts';
import { blobOrNull, integer, text, type Row } from './rows.ts';
import { extensionKeyPlace, unhurried, workKeyPlace, type Seals } from './seals.ts';

/** Asks the provisioner to make a phone fetch again. */
export function acceptResync(connection: Connection, mac: string, context: IntentContext): PhoneDecision {
  const phone = readStoredPhone(connection, mac);
  if (phone === null) return { outcome: 'not-found' };
  if (failsCondition(context, phone.revision)) return { outcome: 'precondition-failed' };
  return accept(connection, 'resync', mac, null, context);
}

/** Asks the provisioner to try a key, the given one or else the one that is served. */
export function acceptValidate(
  connection: Connection,
  number: string,
  given: SealedKey | null,
  context: IntentContext,
): PhoneDecision {
  const stored = readStoredExtension(connection, number);
  if (stored === null) return { outcome: 'not-found' };
  if (failsCondition(context, stored.revision)) return { outcome: 'precondition-failed' };
  if (given === null && stored.key === null) return { outcome: 'no-sip-key', number };
  return accept(connection, 'validate', number, given?.sealed ?? null, context);
}

function accept(
  connection: Connection,
  kind: PhoneWork['kind'],
  target: string,
  key: Uint8Array | null,
  { at, actor, operation: id }: IntentContext,
): PhoneDecision {
  const subject = `${kind === 'resync' ? 'phone' : 'extension'}/${target}`;
  const whom = [PROVISIONER];
  const { operation } = insertOperation(connection, { id, kind, subject, at, actor, routers: whom, known: whom });
  connection.run(
    'INSERT INTO work (operation, kind, target, key, accepted_at) VALUES (?, ?, ?, ?, ?)',
    ...[id, kind, target, key, at],
  );
  return answeredWith(operation);
}

/** Ends what is open about a phone or an extension that is deleted. */
export function failWorkAbout(
  connection: Connection,
  kind: PhoneWork['kind'],
  target: string,
  reason: OperationReason,
  at: number,
): void {
  for (const row of connection.all('SELECT operation FROM work WHERE kind = ? AND target = ?', kind, target)) {
    advanceWork(connection, at, { id: text(row, 'operation'), state: 'failed', reason });
  }
}

/** Moves a validate or a resync on; what was given with one that has ended is forgotten at once. */
export function advanceWork(connection: Connection, at: number, advance: Omit<OperationAdvance, 'router'>): void {
  advancePart(connection, at, { ...advance, router: PROVISIONER });
  if (isFinal(advance.state)) connection.run('DELETE FROM work WHERE operation = ?', advance.id);
}

/** What is open, oldest first. */
export async function openWork(connection: Connection, seals: Seals): Promise<readonly PhoneWork[]> {
  seals.assertOpens();
  const rows = await connection.read(() =>
    connection
      .all('SELECT * FROM work ORDER BY accepted_at, operation')
      .map((row) => ({ row, stored: readStoredExtension(connection, text(row, 'target')) })),
  );
  const work = await unhurried(rows, ({ row, stored }) => workOf(seals, row, stored));
  return work.filter((one) => one !== null);
}

function workOf(seals: Seals, row: Row, stored: ReturnType<typeof readStoredExtension>): PhoneWork | null {
  const operation = text(row, 'operation');
  const target = text(row, 'target');
  const acceptedAt = integer(row, 'accepted_at');
  if (text(row, 'kind') === 'resync') return { kind: 'resync', operation, acceptedAt, mac: target };
  if (stored === null) return null;
  const given = blobOrNull(row, 'key');
  const served = stored.key === null ? null : seals.open(extensionKeyPlace(target), stored.key.sealed);
  const key = given === null ? served : seals.open(workKeyPlace(operation), given);
  const { extension } = stored;
  return { kind: 'validate', operation, acceptedAt, number: target, extension, key, isGiven: given !== null };
}
