import { AppError } from '../../schemas/app-error.ts';
import type { PhoneSheet, PhoneSheetResult, SheetOutcome } from '../phone-ports.ts';
import type { IntentContext } from '../terms.ts';
import type { Connection } from './connection.ts';
import { putExtension } from './extension-intents.ts';
import { readStoredExtension, type SealedKey } from './extensions.ts';
import type { PhoneDecision } from './phone-decision.ts';
import { putPhone } from './phone-intents.ts';
import { extensionKeyPlace, unhurried, type Seals } from './seals.ts';

/** Thrown in the transaction to undo it, with what it came to. */
class Undone extends Error {
  readonly result: PhoneSheetResult;

  constructor(result: PhoneSheetResult) {
    super('undone');
    this.result = result;
  }
}

/**
 * Writes a sheet in one transaction, which is undone when it was a dry run or when one part is refused: so what a dry run
 * says is what a run comes to, by the same code. Keys are sealed before it, as of single puts.
 */
export async function acceptPhoneSheet(
  connection: Connection,
  seals: Seals,
  sheet: PhoneSheet,
  context: IntentContext,
  isDryRun: boolean,
): Promise<PhoneSheetResult> {
  const sealed = await unhurried(sheet.extensions, ({ number, sipKey }): readonly [string, SealedKey | null] => {
    if (sipKey === null) return [number, null];
    const { secret, ...known } = sipKey;
    return [number, { ...known, sealed: seals.seal(extensionKeyPlace(number), secret) }];
  });
  try {
    return await connection.write(() => {
      const result = writeAll(connection, sheet, new Map(sealed), context);
      if (!result.isWritten || isDryRun) throw new Undone({ ...result, isWritten: false });
      return result;
    });
  } catch (error) {
    if (error instanceof Undone) return error.result;
    throw error;
  }
}

function writeAll(
  connection: Connection,
  sheet: PhoneSheet,
  sealed: ReadonlyMap<string, SealedKey | null>,
  context: IntentContext,
): PhoneSheetResult {
  const extensions = new Map<string, SheetOutcome>();
  const phones = new Map<string, SheetOutcome>();
  const putOne = ({ number, extension, isKeyKept }: PhoneSheet['extensions'][number]): SheetOutcome => {
    const key = sealed.get(number) ?? null;
    const isKeyChanged = key !== null && key.mark !== readStoredExtension(connection, number)?.key?.mark;
    if (isKeyChanged && isKeyKept) return { outcome: 'key-kept' };
    return outcomeOf(putExtension(connection, number, extension, key, context), isKeyChanged);
  };
  const steps: readonly (() => SheetOutcome)[] = [
    ...sheet.extensions.map((one) => () => noted(extensions, one.number, putOne(one))),
    ...sheet.phones.map(
      ({ mac, phone }) =>
        () =>
          noted(phones, mac, outcomeOf(putPhone(connection, mac, phone, context), false)),
    ),
  ];
  // A name that the phone of before cannot carry, and the phone that comes with it can: what waits for another part of the
  // sheet is tried again until nothing more becomes possible.
  for (let left = steps, before = Infinity; left.length > 0 && left.length < before;) {
    before = left.length;
    left = left.filter((step) => mayWait(step()));
  }
  const isWritten = [...extensions.values(), ...phones.values()].every(({ outcome }) => outcome === 'accepted');
  return { isWritten, extensions, phones };
}

function mayWait({ outcome }: SheetOutcome): boolean {
  return outcome === 'not-carried' || outcome === 'softphone';
}

function noted(outcomes: Map<string, SheetOutcome>, id: string, outcome: SheetOutcome): SheetOutcome {
  outcomes.set(id, outcome);
  return outcome;
}

function outcomeOf(decision: PhoneDecision, isKeyChanged: boolean): SheetOutcome {
  switch (decision.outcome) {
    case 'accepted':
      return { outcome: 'accepted', isKeyChanged };
    case 'unknown-extension':
    case 'not-carried':
    case 'key-in-use':
    case 'in-rotation':
    case 'softphone':
      return decision;
    case 'key-reused':
    case 'not-found':
    case 'precondition-failed':
    case 'in-use':
    case 'too-late':
    case 'no-sip-key':
      // A put without a condition comes to none of these.
      throw new AppError('internal', `the store answered ${decision.outcome}`, { retryable: false });
  }
}
