import { AppError } from '../../schemas/app-error.ts';
import type { Operation } from '../../schemas/operation.ts';
import { RotationPost, type RotationDocument } from '../../schemas/rotation.ts';
import { DEFAULT_BATCH } from '../../control/rotations.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { codeOf, type WaitOptions } from '../await-operation.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { readKey, readKeys } from '../key-input.ts';
import { everyPage } from '../pages.ts';
import { freshId } from '../desk.ts';
import { follow } from '../follow.ts';
import { atPhoneDesk, type PhoneDesk } from '../phone-desk.ts';
import { newsOf, rotationLines, rotationTable } from '../show-rotation.ts';

export interface RotateOptions extends WaitOptions {
  readonly reason?: string;
  readonly keyFile?: string;
  readonly canary?: number;
  readonly wave?: number;
  readonly wait: boolean;
}

const check = validatorOf(RotationPost);

/** Starts a rotation and shows it step by step until it ends, or waits for a person. */
export async function rotate(
  invocation: Invocation,
  numbers: readonly string[],
  options: RotateOptions,
): Promise<ExitCode> {
  const { canary = DEFAULT_BATCH.canary, wave = DEFAULT_BATCH.wave, reason, keyFile } = options;
  const { usage } = invocation.messages;
  if (numbers.length === 0) throw missing(usage.missingArgument('<NUMBER>'));
  if (reason === undefined) throw missing(usage.missingArgument('--reason <TEXT>'));
  const checked = check({ extensions: numbers, reason, batch: { canary, wave } });
  if (!checked.ok) {
    const pointer = checked.faults[0]?.pointer ?? '';
    throw new AppError('invalid-input', usage.invalidValue(pointer), { retryable: false });
  }
  return atPhoneDesk(invocation, async (desk) => {
    const keys = keyFile === undefined ? [] : await readKeys(invocation, keyFile, numbers);
    const id = freshId('rot');
    const { operation } = await desk.accept({
      kind: 'rotate',
      rotation: id,
      extensions: numbers,
      newKeys: new Map([...keys].map(([number, text]) => [number, desk.key(number, text)])),
      batch: { canary, wave },
      reason: checked.value.reason,
    });
    if (!options.json) say(invocation, invocation.messages.phones.rotationStarted(id, numbers));
    return followRotation(invocation, desk, id, operation, options);
  });
}

/** Shows the rotations, newest first, or one with its evidence. */
export async function showRotations(
  invocation: Invocation,
  id: string | undefined,
  { json }: { readonly json: boolean },
): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ store }) => {
    if (id !== undefined) {
      const rotation = await store.readRotation(id);
      if (rotation === null) {
        const { notFound } = invocation.messages.desk;
        throw new AppError('not-found', notFound(`rotation/${id}`), { retryable: false });
      }
      if (json) sayJson(invocation, rotation);
      else for (const line of rotationLines(invocation, rotation)) say(invocation, line);
      return EXIT.ok;
    }
    const items = await everyPage((after) => store.listRotations(after, 500));
    if (json) sayJson(invocation, { items });
    else for (const line of rotationTable(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Gives a rotation the new key of one extension, and follows it. */
export async function giveKey(
  invocation: Invocation,
  { id, number }: { readonly id: string; readonly number: string },
  options: WaitOptions & { readonly keyFile: string; readonly wait: boolean },
): Promise<ExitCode> {
  return atPhoneDesk(invocation, async (desk) => {
    const sipKey = desk.key(number, await readKey(invocation, options.keyFile, number));
    const { operation } = await desk.accept({ kind: 'rotation-key', rotation: id, number, sipKey });
    return followRotation(invocation, desk, id, operation, options);
  });
}

/** Ends a rotation as early as that is safe. */
export async function cancelRotation(invocation: Invocation, id: string, options: WaitOptions): Promise<ExitCode> {
  return atPhoneDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'cancel-rotation', rotation: id });
    await followRotation(invocation, desk, id, operation, { ...options, wait: true });
    const end = (await desk.store.readRotation(id))?.end ?? null;
    if (end === null) return EXIT.tryAgain;
    return end === 'cancelled' ? EXIT.ok : EXIT.failed;
  });
}

/** Shows what happens to a rotation until it ends, is held, or the time is over. */
async function followRotation(
  invocation: Invocation,
  desk: PhoneDesk,
  id: string,
  accepted: Operation | null,
  { json, timeoutSeconds, wait }: WaitOptions & { readonly wait: boolean },
): Promise<ExitCode> {
  if (accepted === null) throw new AppError('internal', 'the store gave no operation', { retryable: false });
  const { phones: texts, desk: deskTexts } = invocation.messages;
  const isWaiting = wait && desk.isDoerRunning;
  const told: { rotation: RotationDocument | null } = { rotation: await desk.store.readRotation(id) };
  const tell = async (): Promise<void> => {
    const rotation = await desk.store.readRotation(id);
    if (rotation === null) return;
    if (!json) for (const line of newsOf(invocation, told.rotation, rotation)) say(invocation, line);
    told.rotation = rotation;
  };
  const operation = isWaiting ? await follow(desk.store, accepted, timeoutSeconds, tell) : accepted;
  await tell();
  const { rotation } = told;
  if (json) {
    sayJson(invocation, rotation);
    return codeOf(operation);
  }
  if (!desk.isDoerRunning) say(invocation, deskTexts.notRunning[desk.doer]);
  else if (rotation !== null && rotation.end !== null) {
    say(invocation, texts.rotationEnded(id, texts.ends[rotation.end]));
  } else if (operation.state === 'held') sayHeld(invocation, rotation, operation);
  else if (isWaiting) say(invocation, deskTexts.stillOpen(desk.doer, timeoutSeconds));
  return codeOf(operation);
}

function missing(message: string): AppError {
  return new AppError('invalid-input', message, { retryable: false });
}

function sayHeld(invocation: Invocation, rotation: RotationDocument | null, { reason }: Operation): void {
  const { phones: texts } = invocation.messages;
  if (rotation === null) return;
  say(invocation, texts.rotationHeld(rotation.id, reason ?? null));
  const waiting = rotation.extensions.filter(({ step, end }) => step === 'awaiting_key' && end === null);
  if (reason !== 'awaiting-key' || waiting.length === 0) return;
  const numbers = waiting.map(({ number }) => number);
  for (const line of texts.keyWanted(rotation.id, numbers)) say(invocation, line);
}
