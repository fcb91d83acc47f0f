import { returnsCsv } from '../../control/comodato.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { AppError } from '../../schemas/app-error.ts';
import { Acknowledge, PhoneReturn, type ComodatoReturn } from '../../schemas/comodato.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { everyPage } from '../pages.ts';
import { atPhoneDesk, macOf, numberOf } from '../phone-desk.ts';
import { table } from '../table.ts';
import { timeOf } from '../times.ts';
import type { Json } from '../verb-host.ts';
import { writeOut } from '../write-out.ts';

const checkReturn = validatorOf(PhoneReturn);
const checkAcknowledge = validatorOf(Acknowledge);

/** Records that a phone in comodato was given back, and forgets it. */
export async function returnPhone(
  invocation: Invocation,
  spelled: string,
  { json, ...given }: Json & { readonly serial?: string; readonly note?: string },
): Promise<ExitCode> {
  const mac = macOf(spelled, invocation);
  const checked = checkReturn(given);
  if (!checked.ok) throw invalid(invocation, checked.faults[0]?.pointer ?? '');
  const { serial = null, note = null } = checked.value;
  return atPhoneDesk(invocation, async ({ accept }) => {
    const { comodato } = await accept({ kind: 'return-phone', mac, serial, note });
    if (json) sayJson(invocation, comodato);
    else say(invocation, invocation.messages.phones.returned(mac, comodato?.id ?? ''));
    return EXIT.ok;
  });
}

/** Shows the records of phones lent by the provider whose service has ended, oldest first. */
export async function showReturns(
  invocation: Invocation,
  { json, open }: Json & { readonly open?: true },
): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ store }) => {
    const items = await everyPage((after) => store.listReturns(open === true, after, 500));
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Takes note of a record; a second time changes nothing. */
export async function acknowledgeReturn(
  invocation: Invocation,
  spelled: string,
  { json, ...given }: Json & { readonly ticket?: string },
): Promise<ExitCode> {
  const id = numberOf(spelled, invocation);
  const checked = checkAcknowledge(given);
  if (!checked.ok) throw invalid(invocation, checked.faults[0]?.pointer ?? '');
  const { ticket = null } = checked.value;
  return atPhoneDesk(invocation, async ({ accept }) => {
    const { comodato } = await accept({ kind: 'acknowledge-return', id, ticket });
    if (json) sayJson(invocation, comodato);
    else say(invocation, invocation.messages.phones.acknowledged(id));
    return EXIT.ok;
  });
}

/** Writes all records as CSV, to standard output or to a file that is not there yet. */
export async function exportReturns(invocation: Invocation, path: string | undefined): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ store }) => writeOut(invocation, path, await returnsCsv(store)));
}

function listing({ messages }: Invocation, items: readonly ComodatoReturn[]): readonly string[] {
  const { columns, words, noReturns, causes } = messages.phones;
  if (items.length === 0) return [noReturns];
  const { since, mac, vendor, serial, extensions, cause, by, acknowledged } = columns;
  return table(
    ['id', since, mac, vendor, serial, extensions, cause, by, acknowledged],
    items.map((one) => [
      ...[one.id, timeOf(one.at) ?? words.never, one.mac, [one.vendor, one.model ?? ''].join(' ').trim()],
      ...[one.serial ?? words.none, one.extensions.join(','), causes[one.cause], one.by.name],
      one.acknowledged === null
        ? words.no
        : [timeOf(one.acknowledged.at) ?? '', one.acknowledged.ticket ?? ''].join(' ').trim(),
    ]),
  );
}

function invalid({ messages }: Invocation, pointer: string): AppError {
  return new AppError('invalid-input', messages.usage.invalidValue(pointer), { retryable: false });
}
