import { AppError } from '../../schemas/app-error.ts';
import type { PhoneSheet, PhoneSheetResult, SheetAnswer } from '../phone-ports.ts';
import type { IntentContext } from '../terms.ts';
import { writeEnded } from './comodato.ts';
import type { Connection } from './connection.ts';
import { moveDelegation } from './delegations.ts';
import { readSheetAnswer, recordSheetAnswer, sheetAnswerJson } from './idempotency.ts';
import type { SealedKey } from './extensions.ts';
import { extensionKeyPlace, unhurried, type Seals } from './seals.ts';
import { isOutdated, judgeSheet, type JudgedSheet } from './sheet-judge.ts';
import { prepareSheet, writeSheet } from './sheet-write.ts';

/** So often a verdict may be overtaken by what others write before the caller is asked to come again. */
const MAX_JUDGEMENTS = 10;

/**
 * Judges a sheet over short views of the store and then writes it in one short transaction, which first looks whether the
 * verdict still holds: if not, it is judged anew. So it is whole or not there for everybody, and a dry run, which ends before
 * the transaction, says what a run comes to by the same code. Keys are sealed first, as of single puts.
 *
 * @throws AppError `store-busy`: others change phones all the time, or the same idempotency key was used meanwhile; the same
 *   call again may do.
 */
export async function acceptPhoneSheet(
  connection: Connection,
  seals: Seals,
  sheet: PhoneSheet,
  context: IntentContext,
  { isDryRun, answerOf }: { readonly isDryRun: boolean; readonly answerOf: SheetAnswer | null },
): Promise<PhoneSheetResult> {
  const sealed = await unhurried(sheet.extensions, ({ number, sipKey }): readonly [string, SealedKey | null] => {
    if (sipKey === null) return [number, null];
    const { secret, ...known } = sipKey;
    return [number, { ...known, sealed: seals.seal(extensionKeyPlace(number), secret) }];
  });
  for (let judgements = 0; judgements < MAX_JUDGEMENTS; judgements += 1) {
    const judged = await judgeSheet(connection, sheet, new Map(sealed));
    const isTaken = [...judged.extensions.values(), ...judged.phones.values()].every(
      ({ outcome }) => outcome === 'accepted',
    );
    const result = { isWritten: isTaken && !isDryRun, extensions: judged.extensions, phones: judged.phones };
    if (!result.isWritten) {
      if (!(await connection.read(() => isOutdated(connection, judged)))) return result;
    } else {
      const answer = answerOf === null ? null : sheetAnswerJson(answerOf(result));
      if (await write(connection, judged, context, answer)) return result;
    }
    // Judged anew it would be the same sheet, made of what is there no more.
    if (sheet.since !== undefined) return { ...result, isWritten: false, isOutdated: true };
  }
  throw busy('phones and extensions of the planilla are being changed all the time');
}

/** False when the verdict is outdated, and nothing was written. */
function write(
  connection: Connection,
  judged: JudgedSheet,
  context: IntentContext,
  answer: string | null,
): Promise<boolean> {
  const isEmpty = judged.writes.extensions.length + judged.writes.phones.length === 0;
  const prepared = isEmpty ? null : prepareSheet(judged, context);
  const { idempotency, at } = context;
  return connection.write(() => {
    if (isOutdated(connection, judged)) return false;
    if (idempotency !== undefined && readSheetAnswer(connection, idempotency) !== null) {
      throw busy('the same planilla came twice at once');
    }
    if (prepared !== null) writeSheet(connection, prepared, context);
    for (const { number, delegation } of judged.writes.extensions) {
      moveDelegation(connection, number, delegation, context);
    }
    for (const ended of judged.writes.ended) writeEnded(connection, ended, context);
    if (idempotency !== undefined && answer !== null) recordSheetAnswer(connection, idempotency, at, answer);
    return true;
  });
}

function busy(why: string): AppError {
  return new AppError('store-busy', why, { remedy: 'Send the planilla again.' });
}
