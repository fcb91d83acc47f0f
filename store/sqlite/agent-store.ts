import type { AgentStore } from '../ports.ts';
import { admissionsSince, forgetAdmissionsBefore, recordAdmissions } from './admissions.ts';
import { advancePart } from './advances.ts';
import type { Connection } from './connection.ts';
import { appendJournal } from './journal.ts';
import { readDoctor, recordDoctor } from './doctors.ts';
import { journalReader } from './journal-reader.ts';
import { finishDepartures, lastSeen, recordObserved, recordRouter } from './observations.ts';
import { openPartsOf } from './parts.ts';
import {
  readPortalAddresses,
  readPortalConfirmations,
  readPortalRound,
  recordPortalAddresses,
  recordPortalRound,
} from './portal-addresses.ts';
import { readStoredPortal } from './portal-intents.ts';
import { RecordCache } from './record-cache.ts';
import { desiredFor, desiredSubscriber } from './views.ts';

/** The agent's side of the store. */
export function agentStore(connection: Connection): AgentStore {
  const cache = new RecordCache();
  return {
    ...journalReader(connection),
    desiredFor: (router) => connection.read(() => desiredFor(connection, router, cache)),
    desiredSubscriber: (router, id) => connection.read(() => desiredSubscriber(connection, router, id)),
    openOperations: (router) => connection.read(() => openPartsOf(connection, router)),
    advanceOperations: (at, advances) =>
      connection.writeSlices(advances, (advance) => {
        advancePart(connection, at, advance);
      }),
    admissionsSince: (at) => connection.read(() => admissionsSince(connection, at)),
    recordAdmissions: (admissions) => recordAdmissions(connection, admissions),
    forgetAdmissionsBefore: (at) => forgetAdmissionsBefore(connection, at),
    recordObserved: (router, observed) => recordObserved(connection, router, observed),
    lastSeen: (router) => connection.read(() => lastSeen(connection, router)),
    recordRouter: (status, plan) =>
      connection.write(() => {
        recordRouter(connection, status, plan);
      }),
    recordDoctor: (router, report) =>
      connection.write(() => {
        recordDoctor(connection, router, report);
      }),
    readDoctor: (router) => connection.read(() => readDoctor(connection, router)),
    finishDepartures: (router, subscribers) => finishDepartures(connection, router, subscribers),
    recordPortalAddresses: (at, addresses, round = null) =>
      connection.write(() => {
        recordPortalAddresses(connection, at, addresses);
        if (round !== null) recordPortalRound(connection, round);
      }),
    readPortalConfirmations: () => connection.read(() => readPortalConfirmations(connection)),
    readPortalRound: () => connection.read(() => readPortalRound(connection)),
    readPortalAddresses: () => connection.read(() => readPortalAddresses(connection)),
    readPortal: () => connection.read(() => readStoredPortal(connection)?.portal ?? null),
    appendEvent: (event) =>
      connection.write(() => {
        appendJournal(connection, event);
      }),
  };
}
