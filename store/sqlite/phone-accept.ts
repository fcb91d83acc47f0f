import { AppError } from '../../schemas/app-error.ts';
import type { ComodatoReturn } from '../../schemas/comodato.ts';
import type { ExtensionDocument } from '../../schemas/extension.ts';
import type { PhoneDocument } from '../../schemas/phone.ts';
import type { Secret } from '../../schemas/secret.ts';
import type { NewKey, PhoneAcceptResult, PhoneIntent, VersionedDocument } from '../phone-ports.ts';
import type { IntentContext } from '../terms.ts';
import { acknowledge, lastReturnOf, readReturn } from './comodato.ts';
import type { Connection } from './connection.ts';
import { confirmDelegation } from './delegations.ts';
import { deleteExtension, putExtension } from './extension-intents.ts';
import { extensionView, type SealedKey } from './extensions.ts';
import { findAnswer, recordAnswer } from './idempotency.ts';
import { readOperationRow } from './operations.ts';
import { UNCHANGED, type PhoneDecision } from './phone-decision.ts';
import {
  deletePhone,
  endEarlier,
  enrolPhone,
  putPhone,
  returnPhone,
  tokenHash,
  type NewTokens,
  type SealedHome,
  type SealedToken,
} from './phone-intents.ts';
import { acceptResync, acceptValidate } from './phone-work.ts';
import { phoneView } from './phones.ts';
import { acceptCancel, acceptRotate, acceptRotationKey } from './rotation-intents.ts';
import {
  extensionKeyPlace,
  fileKeyPlace,
  rotationKeyPlace,
  tokenPlace,
  unhurried,
  workKeyPlace,
  type Place,
  type Seals,
} from './seals.ts';

/** What came sealed with a request, by extension number, hash of the token or, of the one file key, FILE_KEY. */
type Sealed = ReadonlyMap<string, SealedKey>;
const FILE_KEY = 'file key';

/**
 * Accepts what a person asks about phones, as one transaction. Sealing comes first, outside of it: a thousand new keys
 * would keep other writers waiting for too long.
 */
export async function acceptPhoneIntent(
  connection: Connection,
  seals: Seals,
  intent: PhoneIntent,
  context: IntentContext,
): Promise<PhoneAcceptResult> {
  const given = secretsOf(intent, context);
  const sealed = await unhurried(given, ({ name, place, key }) => {
    const { secret, ...known } = key;
    return [name, { ...known, sealed: seals.seal(place, secret) }] as const;
  });
  return connection.write(() => accept(connection, intent, new Map(sealed), context));
}

function accept(
  connection: Connection,
  intent: PhoneIntent,
  sealed: Sealed,
  context: IntentContext,
): PhoneAcceptResult {
  const answer = findAnswer(connection, context.idempotency);
  if (answer === 'key-reused') return { outcome: 'key-reused' };
  if (answer !== null) {
    const { created, operation } = answer;
    const now = operation === null ? null : (readOperationRow(connection, operation.id)?.operation ?? operation);
    return { outcome: 'replayed', created, operation: now, ...documentsOf(connection, intent) };
  }
  const decision = decide(connection, intent, sealed, context);
  if (decision.outcome !== 'accepted') return decision;
  const { created, operation } = decision;
  recordAnswer(connection, context.idempotency, 'intent', context.at, { created, operation, record: null });
  return { ...decision, ...documentsOf(connection, intent) };
}

function decide(connection: Connection, intent: PhoneIntent, sealed: Sealed, context: IntentContext): PhoneDecision {
  switch (intent.kind) {
    case 'put-extension':
      return putExtension(connection, intent.number, intent.extension, sealed.get(intent.number) ?? null, context);
    case 'delete-extension':
      return deleteExtension(connection, intent.number, context);
    case 'confirm-delegation':
      return confirmDelegation(connection, intent.number, context);
    case 'put-phone':
      return putPhone(connection, intent.mac, intent.phone, context);
    case 'delete-phone':
      return deletePhone(connection, intent.mac, context);
    case 'return-phone':
      return returnPhone(connection, intent, context);
    case 'acknowledge-return':
      if (context.ifMatch !== undefined) return { outcome: 'precondition-failed' };
      return acknowledge(connection, intent.id, intent.ticket, context) ? UNCHANGED : { outcome: 'not-found' };
    case 'enrol':
      return enrolPhone(connection, intent.mac, sealedTokens(intent, sealed), context);
    case 'end-earlier':
      return endEarlier(connection, intent.mac, context);
    case 'resync':
      return acceptResync(connection, intent.mac, context);
    case 'validate':
      return acceptValidate(connection, intent.number, sealed.get(intent.number) ?? null, context);
    case 'rotate':
      return acceptRotate(connection, intent, sealed, context);
    case 'rotation-key':
      return acceptRotationKey(connection, intent, sealedOf(sealed, intent.number), context);
    case 'cancel-rotation':
      return acceptCancel(connection, intent.rotation, context);
    default:
      throw new AppError('internal', 'a phone intent of an unknown kind', { retryable: false });
  }
}

interface Given {
  readonly name: string;
  readonly place: Place;
  readonly key: NewKey;
}

/** The secrets of a request, each with the one place it will stand in. */
function secretsOf(intent: PhoneIntent, { operation }: IntentContext): readonly Given[] {
  switch (intent.kind) {
    case 'put-extension':
      return keyFor(intent.number, extensionKeyPlace(intent.number), intent.sipKey);
    case 'validate':
      return keyFor(intent.number, workKeyPlace(operation), intent.sipKey);
    case 'rotation-key':
      return keyFor(intent.number, rotationKeyPlace(intent.rotation, intent.number, 'new_key'), intent.sipKey);
    case 'rotate':
      return [...intent.newKeys].flatMap(([number, key]) =>
        keyFor(number, rotationKeyPlace(intent.rotation, number, 'new_key'), key),
      );
    case 'enrol':
      return enrolmentSecrets(intent);
    case 'delete-extension':
    case 'confirm-delegation':
    case 'put-phone':
    case 'delete-phone':
    case 'return-phone':
    case 'acknowledge-return':
    case 'end-earlier':
    case 'resync':
    case 'cancel-rotation':
      return [];
    default:
      throw new AppError('internal', 'a phone intent of an unknown kind', { retryable: false });
  }
}

function keyFor(name: string, place: Place, key: NewKey | null): readonly Given[] {
  return key === null ? [] : [{ name, place, key }];
}

type Enrol = Extract<PhoneIntent, { kind: 'enrol' }>;

function enrolmentSecrets({ provisioning, enrolment, credentials, encrypted }: Enrol): readonly Given[] {
  const token = (secret: Secret): readonly Given[] => {
    const hash = tokenHash(secret);
    return keyFor(hash, tokenPlace(hash), { secret, mark: hash, refusedBy: [] });
  };
  const shown = [provisioning, enrolment, ...(credentials === null ? [] : [credentials])];
  if (encrypted === undefined) return shown.flatMap(token);
  const { fileKey, token: own } = encrypted;
  const hash = tokenHash(own ?? provisioning);
  return [
    ...[...shown, ...(own === null ? [] : [own])].flatMap(token),
    ...keyFor(FILE_KEY, fileKeyPlace(hash), { secret: fileKey, mark: hash, refusedBy: [] }),
  ];
}

function sealedTokens(
  { provisioning, enrolment, credentials, encrypted, expiresAt }: Enrol,
  sealed: Sealed,
): NewTokens {
  const token = (secret: Secret): SealedToken => {
    const { mark: hash, sealed: bytes } = sealedOf(sealed, tokenHash(secret));
    return { hash, sealed: bytes };
  };
  const plain = { ...token(provisioning), sealedFileKey: null };
  const homes = (): readonly SealedHome[] => {
    if (encrypted === undefined) return [plain];
    const { sealed: sealedFileKey } = sealedOf(sealed, FILE_KEY);
    return encrypted.token === null
      ? [{ ...plain, sealedFileKey }]
      : [plain, { ...token(encrypted.token), sealedFileKey }];
  };
  return {
    provisioning: homes(),
    enrolment: token(enrolment),
    credentials: credentials === null ? null : token(credentials),
    expiresAt,
  };
}

function sealedOf(sealed: Sealed, name: string): SealedKey {
  const found = sealed.get(name);
  if (found === undefined) throw new AppError('internal', 'a secret was not sealed', { retryable: false });
  return found;
}

function documentsOf(
  connection: Connection,
  intent: PhoneIntent,
): {
  readonly extension: VersionedDocument<ExtensionDocument> | null;
  readonly phone: VersionedDocument<PhoneDocument> | null;
  readonly comodato: ComodatoReturn | null;
} {
  const number =
    intent.kind === 'put-extension' || intent.kind === 'validate' || intent.kind === 'confirm-delegation'
      ? intent.number
      : null;
  const mac = 'mac' in intent ? intent.mac : null;
  return {
    extension: number === null ? null : extensionView(connection, number),
    phone: mac === null ? null : phoneView(connection, mac),
    comodato:
      intent.kind === 'return-phone'
        ? lastReturnOf(connection, intent.mac)
        : intent.kind === 'acknowledge-return'
          ? readReturn(connection, intent.id)
          : null,
  };
}
