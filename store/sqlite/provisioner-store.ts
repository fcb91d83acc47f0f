import type { ProvisionerStore } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { fetchesSince, recordFetch } from './fetches.ts';
import { appendJournal } from './journal.ts';
import { journalReader } from './journal-reader.ts';
import { formerKeys, openRotations } from './open-rotations.ts';
import { advanceWork, openWork } from './phone-work.ts';
import { recordRequest } from './phone-requests.ts';
import { recordStatus } from './provisioner-status.ts';
import { lastRegistration, recordRefusal, recordRegistration, refusalsSince } from './registrations.ts';
import { advanceRotation } from './rotation-advances.ts';
import type { Seals } from './seals.ts';
import { servedPhones } from './served-phones.ts';
import { recordToldSlots } from './told-slots.ts';
import { recordToldVersion, toldVersions } from './told-versions.ts';

/** The provisioner's side of the store. What opens keys fails where its private key is not at hand. */
export function provisionerStore(connection: Connection, seals: Seals): ProvisionerStore {
  return {
    ...journalReader(connection),
    servedPhones: (which) => servedPhones(connection, seals, which),
    toldVersions: () => connection.read(() => toldVersions(connection)),
    recordToldVersions: (told) =>
      connection.writeSlices(told, (one) => {
        recordToldVersion(connection, one);
      }),
    recordToldSlots: (told) =>
      connection.writeSlices(told, (one) => {
        recordToldSlots(connection, one);
      }),
    recordFetches: (fetches) =>
      connection.writeSlices(fetches, (fetch) => {
        recordFetch(connection, fetch);
      }),
    recordRequests: (requests) =>
      connection.writeSlices(requests, (request) => {
        recordRequest(connection, request);
      }),
    fetchesSince: (mac, at) => connection.read(() => fetchesSince(connection, mac, at)),
    recordRegistrations: (registrations) =>
      connection.writeSlices(registrations, (registration) => {
        recordRegistration(connection, registration);
      }),
    lastRegistration: (number) => connection.read(() => lastRegistration(connection, number)),
    recordRefusal: (refusal) =>
      connection.write(() => {
        recordRefusal(connection, refusal);
      }),
    refusalsSince: (at) => connection.read(() => refusalsSince(connection, at)),
    openWork: () => openWork(connection, seals),
    advanceWork: (at, advances) =>
      connection.writeSlices(advances, (advance) => {
        advanceWork(connection, at, advance);
      }),
    openRotations: () => openRotations(connection, seals),
    formerKeys: (number) => formerKeys(connection, seals, number),
    advanceRotation: (advance) => connection.write(() => advanceRotation(connection, seals, advance)),
    recordStatus: (status) =>
      connection.write(() => {
        recordStatus(connection, status);
      }),
    appendEvent: (event) =>
      connection.write(() => {
        appendJournal(connection, event);
      }),
  };
}
