import type { PhoneControlStore } from '../phone-ports.ts';
import { readReturn, returnPage } from './comodato.ts';
import type { Connection } from './connection.ts';
import { extensionPage, extensionView } from './extensions.ts';
import { readSheetAnswer } from './idempotency.ts';
import { acceptPhoneIntent } from './phone-accept.ts';
import { phoneCounts } from './phone-counts.ts';
import { acceptPhoneSheet } from './phone-sheet.ts';
import { phoneRequestPage } from './phone-requests.ts';
import { phonePage, phoneView } from './phones.ts';
import { provisionerStatus } from './provisioner-status.ts';
import { rotationPage, rotationView } from './rotations.ts';
import type { Seals } from './seals.ts';

/** Control's side of phones: it seals what is secret and never opens it. */
export function phoneControlStore(connection: Connection, seals: Seals): PhoneControlStore {
  return {
    acceptPhoneIntent: (intent, context) => acceptPhoneIntent(connection, seals, intent, context),
    acceptPhoneSheet: (sheet, context, isDryRun, answerOf) =>
      acceptPhoneSheet(connection, seals, sheet, context, { isDryRun, answerOf: answerOf ?? null }),
    sheetAnswer: (key) => connection.read(() => readSheetAnswer(connection, key)),
    readExtension: (number) => connection.read(() => extensionView(connection, number)),
    listExtensions: (after, limit) => connection.read(() => extensionPage(connection, after, limit)),
    readPhone: (mac) => connection.read(() => phoneView(connection, mac)),
    listPhones: (after, limit) => connection.read(() => phonePage(connection, after, limit)),
    listPhoneRequests: (mac, after, limit) => connection.read(() => phoneRequestPage(connection, mac, after, limit)),
    readReturn: (id) => connection.read(() => readReturn(connection, id)),
    listReturns: (isOpenOnly, after, limit) => connection.read(() => returnPage(connection, isOpenOnly, after, limit)),
    readRotation: (id) => connection.read(() => rotationView(connection, id)),
    listRotations: (after, limit) => connection.read(() => rotationPage(connection, after, limit)),
    phoneCounts: () => connection.read(() => phoneCounts(connection)),
    provisionerStatus: () => connection.read(() => provisionerStatus(connection)),
  };
}
