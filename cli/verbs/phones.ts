import { enrolIntent, enrolmentOf, enrolmentTokens, newFileKey } from '../../control/enrolment.ts';
import { encryptionOf, misplaced, unreadable } from '../../control/core/check-phone.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { FORMATS } from '../../provisioner/core/vendors/table.ts';
import { AppError } from '../../schemas/app-error.ts';
import { dialectOf, type PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import { overfull } from '../../schemas/phone-formats/line-room.ts';
import { typedAfter } from '../../schemas/phone-formats/refusal.ts';
import { Phone, type Enrolment, type PhoneCredentials, type PhoneDocument } from '../../schemas/phone.ts';
import type { Secret } from '../../schemas/secret.ts';
import type { PhoneRequestDocument } from '../../schemas/phone-request.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { awaitOperation, type WaitOptions } from '../await-operation.ts';
import type { Messages } from '../messages/messages.ts';
import { dhcpHost, type DhcpFormat } from '../dhcp-host.ts';
import { atPhoneDesk, freshToken, macOf } from '../phone-desk.ts';
import { everyPage } from '../pages.ts';
import { fields, table } from '../table.ts';
import { timeOf } from '../times.ts';

export interface PhonePut {
  readonly vendor: string;
  readonly line: readonly string[];
  readonly model?: string;
  readonly label?: string;
  readonly serial?: string;
  readonly encryption?: string;
  readonly fileCipher?: string;
}

const check = validatorOf(Phone);

/** Shows every phone, or one. */
export async function showPhones(
  invocation: Invocation,
  spelled: string | undefined,
  { json, trace = false }: { readonly json: boolean; readonly trace?: boolean },
): Promise<ExitCode> {
  const mac = spelled === undefined ? null : macOf(spelled, invocation);
  if (trace) return tracePhone(invocation, mac, json);
  return atPhoneDesk(invocation, async ({ store }) => {
    if (mac !== null) {
      const found = await store.readPhone(mac);
      if (found === null) throw notFound(invocation, mac);
      if (json) sayJson(invocation, found.document);
      else for (const line of fields(fieldsOf(invocation, found.document))) say(invocation, line);
      return EXIT.ok;
    }
    const items = await everyPage((after) => store.listPhones(after, 500));
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Shows what a phone asked for lately, newest first, and why it got what it got: also for an address that is no phone's. */
async function tracePhone(invocation: Invocation, mac: string | null, json: boolean): Promise<ExitCode> {
  const { faults, noRequests } = invocation.messages.phones;
  if (mac === null) throw new AppError('invalid-input', faults.traceOfWhich, { retryable: false });
  return atPhoneDesk(invocation, async ({ store }) => {
    const items = await everyPage((after) => store.listPhoneRequests(mac, after, 500));
    if (items.length === 0 && (await store.readPhone(mac)) === null) throw notFound(invocation, mac);
    if (json) sayJson(invocation, { items });
    else for (const line of items.length === 0 ? [noRequests] : traceOf(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

function traceOf({ messages }: Invocation, requests: readonly PhoneRequestDocument[]): readonly string[] {
  const { columns, words, why } = messages.phones;
  return table(
    [columns.last, columns.times, columns.asked, columns.status, columns.address, columns.userAgent, columns.why],
    requests.map((request) => [
      timeOf(request.at) ?? words.never,
      String(request.times),
      `${request.method} ${request.file ?? words.none}`,
      String(request.status),
      request.address,
      request.userAgent ?? words.none,
      `${request.why}: ${why[request.why](request.detail ?? '')}`,
    ]),
  );
}

/** Makes a phone, or changes what of it is named: a label given to a working phone must not take its lines away. */
export async function putPhone(invocation: Invocation, spelled: string, given: PhonePut): Promise<ExitCode> {
  const { faults } = invocation.messages.phones;
  const { written } = invocation.messages.desk;
  const mac = macOf(spelled, invocation);
  const { vendor, line, model, label, serial, encryption, fileCipher } = given;
  return atPhoneDesk(invocation, async ({ store, accept, settings }) => {
    const before = (await store.readPhone(mac))?.document ?? null;
    const checked = check({
      vendor,
      lines: line.length === 0 ? (before?.lines ?? []) : line.map((extension) => ({ extension })),
      ...withDefault('model', model, before?.model),
      ...withDefault('label', label, before?.label),
      ...withDefault('serial', serial, before?.serial),
      ...withDefault('encryption', encryption, before?.encryption),
      ...withDefault('fileCipher', fileCipher, before?.fileCipher),
    });
    if (!checked.ok) throw invalid(invocation, checked.faults[0]?.pointer ?? '');
    const phone = checked.value;
    const dialect = dialectOf(phone);
    if (dialect === null) {
      const message = faults.notServed(phone.vendor, phone.model ?? '');
      throw new AppError('value-not-carried', message, { retryable: false });
    }
    const tooMany = overfull(phone, before);
    if (tooMany !== null) throw new AppError('value-not-carried', tooMany, { retryable: false });
    const place = misplaced(phone, settings.publicUrl);
    if (place !== null) throw new AppError('value-not-carried', place, { retryable: false });
    await accept({ kind: 'put-phone', mac, phone });
    say(invocation, written(`phone/${mac}`));
    const kept = keptSlots(before, phone);
    if (kept.length > 0) say(invocation, invocation.messages.phones.slotsKept(slotsText(kept)));
    return EXIT.ok;
  });
}

/** Lines that were told another slot than that of their place now, and stay there: whoever puts them in order is to know. */
function keptSlots(before: PhoneDocument | null, { lines }: Phone): PhoneDocument['slots'] {
  const places = new Map(lines.map(({ extension }, at) => [extension, at + 1]));
  return (before?.slots ?? []).filter(({ slot, extension }) => (places.get(extension) ?? slot) !== slot);
}

function slotsText(slots: PhoneDocument['slots']): string {
  return slots.map(({ slot, extension }) => `${slot}: ${extension}`).join(', ');
}

function withDefault(name: string, given: string | undefined, before: string | undefined): Record<string, string> {
  const value = given ?? before;
  return value === undefined ? {} : { [name]: value };
}

/** Forgets a phone. */
export async function deletePhone(invocation: Invocation, spelled: string): Promise<ExitCode> {
  const mac = macOf(spelled, invocation);
  return atPhoneDesk(invocation, async ({ accept }) => {
    await accept({ kind: 'delete-phone', mac });
    say(invocation, invocation.messages.desk.deleted(`phone/${mac}`));
    return EXIT.ok;
  });
}

/** Ends what is good beside the newest URL and password. */
export async function endEarlier(invocation: Invocation, spelled: string): Promise<ExitCode> {
  const mac = macOf(spelled, invocation);
  return atPhoneDesk(invocation, async ({ accept }) => {
    await accept({ kind: 'end-earlier', mac });
    say(invocation, invocation.messages.phones.earlierEnded(mac));
    return EXIT.ok;
  });
}

/**
 * Makes fresh URLs and shows them, this once: they are kept hashed, and sealed to the provisioner. With `--dhcp`, what
 * that DHCP server is told of this phone, and nothing else.
 */
export async function enrolPhone(
  invocation: Invocation,
  spelled: string,
  { json, dhcp }: { readonly json: boolean; readonly dhcp?: DhcpFormat },
): Promise<ExitCode> {
  const mac = macOf(spelled, invocation);
  const { dhcpNotes } = invocation.messages.phones;
  return atPhoneDesk(invocation, async ({ store, accept, settings }) => {
    const phone = (await store.readPhone(mac))?.document ?? null;
    const dialect = phone === null ? null : dialectOf(phone);
    const place = phone === null ? null : misplaced(phone, settings.publicUrl);
    if (place !== null) throw new AppError('value-not-carried', place, { retryable: false });
    const refusal = phone === null ? null : unreadable(phone, settings.encryption);
    if (refusal !== null) throw new AppError('value-not-carried', refusal, { retryable: false });
    const encryption = phone === null ? 'off' : encryptionOf(phone, settings.encryption);
    const fileKey = (): Secret => (phone === null ? freshToken() : newFileKey(phone, freshToken));
    const tokens = enrolmentTokens(freshToken, settings, Date.now(), encryption, fileKey);
    await accept(enrolIntent(mac, tokens));
    const urls = enrolmentOf(settings, mac, tokens);
    if (dhcp === undefined || dialect === null) {
      if (json) sayJson(invocation, urls);
      else for (const line of enrolmentLines(invocation, urls, dialect)) say(invocation, line);
      return EXIT.ok;
    }
    // What a file of the DHCP server may hold: the enrolmentUrl, and not the one that leads to the keys.
    const { enrolmentUrl, expiresAt } = urls;
    const lines = dhcpHost(dhcp, { mac, dialect, enrolmentUrl }, dhcpNotes[dhcp](mac, expiresAt));
    if (json) sayJson(invocation, { ...urls, dhcp: lines.join('\n') });
    else for (const line of lines) say(invocation, line);
    return EXIT.ok;
  });
}

/** The URLs as they are typed at that phone, and what else it wants done there. */
function enrolmentLines({ messages }: Invocation, urls: Enrolment, dialect: PhoneDialect | null): readonly string[] {
  const { enrolment, atThePhone, fileKeyAt } = messages.phones;
  if (dialect === null) return enrolment(urls);
  const after = typedAfter(dialect);
  const note = atThePhone[dialect];
  const { provisioningUrl, enrolmentUrl, fileKey, credentials } = urls;
  const typed = { ...urls, provisioningUrl: provisioningUrl + after, enrolmentUrl: enrolmentUrl + after };
  return [
    ...enrolment(typed),
    ...(fileKey === undefined
      ? []
      : (fileKeyAt[dialect]?.(fileKey, typed.provisioningUrl) ?? []).map((line) => `  ${line}`)),
    ...(credentials === undefined ? [] : credentialLines(messages, credentials, dialect)),
    ...(note === undefined ? [] : [`  ${note}`]),
  ];
}

function credentialLines({ phones }: Messages, given: PhoneCredentials, dialect: PhoneDialect): readonly string[] {
  const { credentialsIn = null, capabilities } = FORMATS[dialect];
  if (!capabilities.takesCredentials.is) return [phones.noCredentials];
  return phones.credentials({ ...given, url: given.url + typedAfter(dialect) }, credentialsIn);
}

/** Asks a phone to fetch, and waits for its own GET. */
export async function resyncPhone(invocation: Invocation, spelled: string, options: WaitOptions): Promise<ExitCode> {
  const mac = macOf(spelled, invocation);
  return atPhoneDesk(invocation, async (desk) => {
    const { operation } = await desk.accept({ kind: 'resync', mac });
    return awaitOperation(invocation, desk, operation, options, () => invocation.messages.phones.resynced(mac));
  });
}

function listing({ messages }: Invocation, phones: readonly PhoneDocument[]): readonly string[] {
  const { columns, words, noPhones } = messages.phones;
  if (phones.length === 0) return [noPhones];
  const { mac, vendor, lines, enrolled, lastFetch, registered, label } = columns;
  return table(
    [mac, vendor, lines, enrolled, lastFetch, registered, label],
    phones.map((phone) => [
      phone.mac,
      [phone.vendor, phone.model ?? ''].join(' ').trim(),
      phone.lines.map(({ extension }) => extension).join(',') || words.none,
      phone.enrolled ? words.yes : words.no,
      timeOf(phone.lastFetch) ?? words.never,
      phone.registered ? words.yes : words.no,
      phone.label ?? '',
    ]),
  );
}

function fieldsOf({ messages }: Invocation, phone: PhoneDocument): readonly (readonly [string, string])[] {
  const { columns, words } = messages.phones;
  return [
    [columns.mac, phone.mac],
    [columns.vendor, [phone.vendor, phone.model ?? ''].join(' ').trim()],
    [columns.lines, phone.lines.map(({ extension }) => extension).join(', ') || words.none],
    [columns.slots, slotsText(phone.slots) || words.none],
    [columns.label, phone.label ?? words.none],
    [columns.serial, phone.serial ?? words.none],
    [columns.enrolled, phone.enrolled ? words.yes : words.no],
    [columns.encrypted, phone.encrypted === true ? words.yes : words.no],
    [columns.earlier, phone.earlierValid ? words.yes : words.no],
    [columns.lastSeen, timeOf(phone.lastSeen) ?? words.never],
    [columns.lastFetch, timeOf(phone.lastFetch) ?? words.never],
    [columns.registered, phone.registered ? words.yes : words.no],
    ...(phone.delegatedPending === undefined
      ? []
      : [[columns.webAccess, `delegated_pending: ${phone.delegatedPending.join(', ')}`] as const]),
    [columns.address, phone.address ?? words.none],
    [columns.userAgent, phone.userAgent ?? words.none],
  ];
}

function notFound({ messages }: Invocation, mac: string): AppError {
  return new AppError('not-found', messages.desk.notFound(`phone/${mac}`), { retryable: false });
}

function invalid({ messages }: Invocation, pointer: string): AppError {
  return new AppError('invalid-input', messages.usage.invalidValue(pointer), { retryable: false });
}
