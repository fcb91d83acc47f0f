import { randomBytes } from 'node:crypto';
import { fingerprintKey } from '../control/fingerprint-key.ts';
import { fingerprintWith } from '../control/fingerprint.ts';
import { checkMac } from '../control/core/check-phone.ts';
import { isAccepted, type AcceptedPhone } from '../control/phone-intents.ts';
import { settingsOfPhones, type PhoneSettings } from '../control/settings.ts';
import { newKey } from '../control/sip-keys.ts';
import { validatorOf } from '../control/http/validate.ts';
import { AppError } from '../schemas/app-error.ts';
import { Id, Mac } from '../schemas/ids.ts';
import { Secret } from '../schemas/secret.ts';
import type { NewKey, PhoneAcceptResult, PhoneIntent } from '../store/phone-ports.ts';
import { requireSection } from './agent-options.ts';
import { loadConfig } from './config/load.ts';
import { openDesk, type Desk } from './desk.ts';
import type { Invocation } from './invocation.ts';

/** The desk of the verbs about phones. */
export interface PhoneDesk extends Desk {
  readonly settings: PhoneSettings;
  /** Hands an intent to the store; what stands against it is thrown, in the person's language. */
  readonly accept: (intent: PhoneIntent) => Promise<AcceptedPhone>;
  /** A SIP key as the store takes it. */
  readonly key: (number: string, text: string) => NewKey;
}

const isMac = validatorOf(Mac);
const isId = validatorOf(Id);

/** Opens the store for one verb about phones, and closes it afterwards. */
export async function atPhoneDesk<Result>(
  invocation: Invocation,
  work: (desk: PhoneDesk) => Promise<Result>,
): Promise<Result> {
  const { config, dataDir } = loadConfig(invocation.configPath, invocation.io.cwd);
  const settings = settingsOfPhones(requireSection(config.provisioner, 'provisioner', invocation));
  return openDesk(invocation, 'provisioner', (desk) =>
    work({
      ...desk,
      settings,
      accept: async (intent) => {
        const result = await desk.store.acceptPhoneIntent(intent, desk.context([]));
        if (isAccepted(result)) return result;
        throw refusal(result, intent, invocation);
      },
      key: (number, text) => newKey(fingerprintWith(fingerprintKey(dataDir)), number, text),
    }),
  );
}

/** A fresh token of 128 random bits, in digits that a phone's keypad can type. */
export function freshToken(): Secret {
  return new Secret(randomBytes(16).toString('hex'));
}

/** An extension's number as a person types it. */
export function numberOf(text: string, { messages }: Invocation): string {
  const checked = isId(text);
  if (checked.ok) return checked.value;
  throw new AppError('invalid-input', messages.usage.invalidValue(text), { retryable: false });
}

/** A MAC address as a person types it, in the one spelling that goes out. */
export function macOf(text: string, { messages }: Invocation): string {
  const spelled = isMac(text);
  const checked = spelled.ok ? checkMac(spelled.value) : null;
  if (checked?.ok === true) return checked.mac;
  throw new AppError('invalid-input', messages.phones.faults.mac(text), { retryable: false });
}

function refusal(
  result: Exclude<PhoneAcceptResult, AcceptedPhone>,
  intent: PhoneIntent,
  { messages }: Invocation,
): AppError {
  const { faults, steps } = messages.phones;
  const { notFound } = messages.desk;
  const conflict = (message: string): AppError => new AppError('conflict', message, { retryable: false });
  switch (result.outcome) {
    case 'not-found':
      return new AppError('not-found', notFound(subjectOf(intent)), { retryable: false });
    case 'not-delegated':
      return conflict(faults.notDelegated(result.number));
    case 'not-comodato':
      return conflict(faults.notComodato);
    case 'unknown-extension':
      return new AppError('not-found', faults.unknownExtension(result.number), { retryable: false });
    case 'not-carried':
      return new AppError('value-not-carried', faults.notCarried(result.mac, result.detail), { retryable: false });
    case 'softphone':
      return conflict(faults.softphone(result.number, result.mac));
    case 'key-in-use':
      return conflict(faults.keyInUse(result.number));
    case 'in-use':
      return conflict(faults.inUse(result.by));
    case 'in-rotation':
      return conflict(faults.inRotation(result.number, result.rotation));
    case 'too-late':
      return conflict(faults.tooLate(steps[result.step]));
    case 'no-sip-key':
      return conflict(faults.noSipKey(result.number));
    case 'key-reused':
    case 'precondition-failed':
      // No verb names an idempotency key or a revision.
      return new AppError('internal', `the store answered ${result.outcome}`, { retryable: false });
  }
}

function subjectOf(intent: PhoneIntent): string {
  if ('id' in intent) return `comodato/${intent.id}`;
  if ('mac' in intent) return `phone/${intent.mac}`;
  if ('rotation' in intent) {
    return intent.kind === 'rotation-key'
      ? `rotation/${intent.rotation} (${intent.number})`
      : `rotation/${intent.rotation}`;
  }
  return `extension/${intent.number}`;
}
