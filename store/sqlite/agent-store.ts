import type { AgentStore } from '../ports.ts';
import { noteBegun, recordAdoptionView, recordTaken, settleAdoption } from './adoptions.ts';
import {
  admissionsFor,
  admissionsSince,
  forgetAdmissionsBefore,
  recordAdmissions,
  type AdmissionCache,
} from './admissions.ts';
import { advancePart } from './advances.ts';
import { beginCentral, centralRecord, tellCentral } from './central.ts';
import type { Connection } from './connection.ts';
import { recordDrift } from './drift.ts';
import { appendJournal } from './journal.ts';
import { readDoctor, recordDoctor, recordSiteDoctor } from './doctors.ts';
import { journalReader } from './journal-reader.ts';
import { finishDepartures, lastSeen, recordObserved, recordRouter } from './observations.ts';
import { openPartsOf } from './parts.ts';
import {
  readPortalAddresses,
  readPortalConfirmations,
  readPortalRound,
  recordPortalAddresses,
  voidPortalConfirmations,
  recordPortalRound,
} from './portal-addresses.ts';
import { readStoredPortal } from './portal-intents.ts';
import { RecordCache } from './record-cache.ts';
import { noteReissued, recordReissue } from './reissues.ts';
import { noteUnmarked, unmarkedRows } from './unmarked-rows.ts';
import { desiredFor, desiredSubscriber } from './views.ts';

/** The agent's side of the store. */
export function agentStore(connection: Connection): AgentStore {
  const cache = new RecordCache();
  const admissions: AdmissionCache = new Map();
  return {
    ...journalReader(connection),
    desiredFor: (router) => connection.read(() => desiredFor(connection, router, cache)),
    desiredSubscriber: (router, id) => connection.read(() => desiredSubscriber(connection, router, id)),
    openOperations: (router) => connection.read(() => openPartsOf(connection, router)),
    advanceOperations: (at, advances) =>
      connection.writeSlices(advances, (advance) => {
        advancePart(connection, at, advance);
      }),
    recordReissue: (at, report) => recordReissue(connection, at, report),
    noteReissued: (at, operation, router, subscribers) => noteReissued(connection, at, operation, router, subscribers),
    admissionsSince: (at) => connection.read(() => admissionsSince(connection, at)),
    admissionsFor: (router, since) => connection.read(() => admissionsFor(connection, router, since, admissions)),
    recordAdmissions: (admitted) => recordAdmissions(connection, admitted),
    forgetAdmissionsBefore: (at) => forgetAdmissionsBefore(connection, at),
    recordObserved: (router, observed) => recordObserved(connection, router, observed),
    lastSeen: (router) => connection.read(() => lastSeen(connection, router)),
    recordRouter: (status, plan) => recordRouter(connection, status, plan),
    recordDrift: (router, news) =>
      connection.write(() => {
        recordDrift(connection, router, news);
      }),
    centralRecord: () => connection.read(() => centralRecord(connection)),
    beginCentral: (at) =>
      connection.write(() => {
        beginCentral(connection, at);
      }),
    tellCentral: (at, state) =>
      connection.write(() => {
        tellCentral(connection, at, state);
      }),
    recordDoctor: (router, report) =>
      connection.write(() => {
        recordDoctor(connection, router, report);
      }),
    recordSiteDoctor: (doctor) =>
      connection.write(() => {
        recordSiteDoctor(connection, doctor);
      }),
    readDoctor: (router) => connection.read(() => readDoctor(connection, router)),
    finishDepartures: (router, subscribers) => finishDepartures(connection, router, subscribers),
    recordPortalAddresses: (at, addresses, round = null, voided = new Map()) =>
      connection.write(() => {
        recordPortalAddresses(connection, at, addresses);
        voidPortalConfirmations(connection, voided);
        if (round !== null) recordPortalRound(connection, round);
      }),
    readPortalConfirmations: () => connection.read(() => readPortalConfirmations(connection)),
    readPortalRound: () => connection.read(() => readPortalRound(connection)),
    readPortalAddresses: () => connection.read(() => readPortalAddresses(connection)),
    readPortal: () => connection.read(() => readStoredPortal(connection)?.portal ?? null),
    recordTaken: (router, rows) =>
      connection.writeSlices(rows, (row) => {
        recordTaken(connection, router, [row]);
      }),
    noteBegun: (router, operation) =>
      connection.write(() => {
        noteBegun(connection, router, operation);
      }),
    settleAdoption: (router, operation, seq) =>
      connection.write(() => settleAdoption(connection, router, operation, seq)),
    recordAdoptionView: (view) =>
      connection.write(() => {
        recordAdoptionView(connection, view);
      }),
    unmarkedRows: (router) => connection.read(() => unmarkedRows(connection, router)),
    noteUnmarked: (router, news) =>
      connection.write(() => {
        noteUnmarked(connection, router, news);
      }),
    appendEvent: (event) =>
      connection.write(() => {
        appendJournal(connection, event);
      }),
  };
}
