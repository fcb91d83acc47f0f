import { namesOf } from '../../control/core/planilla/web-access.ts';
import { validatorOf } from '../../control/http/validate.ts';
import { gapsOfPut } from '../../control/web-access.ts';
import { AppError } from '../../schemas/app-error.ts';
import { Extension, Verdict, type ExtensionDocument } from '../../schemas/extension.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { readKey } from '../key-input.ts';
import { everyPage } from '../pages.ts';
import { atPhoneDesk, numberOf } from '../phone-desk.ts';
import { fields, table } from '../table.ts';
import { timeOf } from '../times.ts';

export interface ExtensionPutOptions {
  readonly registrar: string;
  readonly name: string;
  readonly owner: string;
  readonly authUser?: string;
  readonly email?: string;
  readonly site?: string;
  readonly softphone?: boolean;
  readonly keyFile?: string;
  readonly webAccess?: string;
}

const check = validatorOf(Extension);

/** Shows every extension, or one. */
export async function showExtensions(
  invocation: Invocation,
  number: string | undefined,
  { json }: { readonly json: boolean },
): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ store }) => {
    if (number !== undefined) {
      const found = await store.readExtension(number);
      if (found === null) {
        const { faults } = invocation.messages.phones;
        throw new AppError('not-found', faults.unknownExtension(number), { retryable: false });
      }
      if (json) sayJson(invocation, found.document);
      else for (const line of fields(fieldsOf(invocation, found.document))) say(invocation, line);
      return EXIT.ok;
    }
    const items = await everyPage((after) => store.listExtensions(after, 500));
    if (json) sayJson(invocation, { items });
    else for (const line of listing(invocation, items)) say(invocation, line);
    return EXIT.ok;
  });
}

/** Makes or replaces an extension; its key comes from a file or standard input. */
export async function putExtension(
  invocation: Invocation,
  spelled: string,
  given: ExtensionPutOptions,
): Promise<ExitCode> {
  const { messages } = invocation;
  const number = numberOf(spelled, invocation);
  const { registrar, name, owner, authUser, email, site, softphone, webAccess } = given;
  const checked = check({
    ...{ registrar, displayName: name, owner },
    ...(authUser === undefined ? {} : { authUser }),
    ...(email === undefined ? {} : { email }),
    ...(site === undefined ? {} : { site }),
    ...(softphone === undefined ? {} : { softphone }),
    ...(webAccess === undefined ? {} : { webAccess }),
  });
  if (!checked.ok) {
    const pointer = checked.faults[0]?.pointer ?? '';
    throw new AppError('invalid-input', messages.usage.invalidValue(pointer), { retryable: false });
  }
  return atPhoneDesk(invocation, async ({ store, accept, key, settings }) => {
    if (!settings.registrars.includes(registrar)) {
      const { faults } = messages.phones;
      throw new AppError('invalid-input', faults.unknownRegistrar(registrar, settings.registrars), {
        retryable: false,
      });
    }
    const [gap] = await gapsOfPut(store, number, checked.value);
    if (gap !== undefined) {
      const { noDelegateEmail, establishIncomplete } = messages.phones.faults;
      const message =
        gap.kind === 'delegate-without-email' ? noDelegateEmail(number) : establishIncomplete(namesOf(gap.lacking));
      throw new AppError('conflict', message, { retryable: false });
    }
    const sipKey = given.keyFile === undefined ? null : key(number, await readKey(invocation, given.keyFile, number));
    await accept({ kind: 'put-extension', number, extension: checked.value, sipKey });
    say(invocation, messages.desk.written(`extension/${number}`));
    return EXIT.ok;
  });
}

/** Says that a delegated web key was set. */
export async function confirmDelegation(invocation: Invocation, spelled: string): Promise<ExitCode> {
  const number = numberOf(spelled, invocation);
  return atPhoneDesk(invocation, async ({ accept }) => {
    await accept({ kind: 'confirm-delegation', number });
    say(invocation, invocation.messages.phones.confirmed(number));
    return EXIT.ok;
  });
}

/** Forgets an extension and its key. */
export async function deleteExtension(invocation: Invocation, number: string): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ accept }) => {
    await accept({ kind: 'delete-extension', number });
    say(invocation, invocation.messages.desk.deleted(`extension/${number}`));
    return EXIT.ok;
  });
}

function listing(invocation: Invocation, extensions: readonly ExtensionDocument[]): readonly string[] {
  const { columns, words, noExtensions, pendingDelegations } = invocation.messages.phones;
  if (extensions.length === 0) return [noExtensions];
  const pending = extensions.filter(({ delegation }) => delegation?.state === 'delegated_pending');
  const { number, name, registrar, owner, key, phones, registered, verdict, rotation } = columns;
  const rows = table(
    [number, name, registrar, owner, key, phones, registered, verdict, rotation],
    extensions.map((extension) => [
      extension.number,
      extension.displayName,
      extension.registrar,
      extension.owner,
      extension.sipKey.set ? words.set : words.notSet,
      String(extension.phones.length),
      extension.registered ? words.yes : words.no,
      extension.lastVerdict?.verdict ?? words.none,
      extension.rotation ?? words.none,
    ]),
  );
  return pending.length === 0 ? rows : [...rows, pendingDelegations(pending.map((one) => one.number))];
}

function fieldsOf(invocation: Invocation, extension: ExtensionDocument): readonly (readonly [string, string])[] {
  const { columns, words, setAt } = invocation.messages.phones;
  const { changedAt } = extension.sipKey;
  return [
    [columns.number, extension.number],
    [columns.name, extension.displayName],
    [columns.registrar, extension.registrar],
    [columns.owner, extension.owner],
    [columns.authUser, extension.authUser ?? words.none],
    [columns.email, extension.email ?? words.none],
    [columns.site, extension.site ?? words.none],
    [columns.webAccess, webAccessOf(invocation, extension)],
    ['softphone', extension.softphone === true ? words.yes : words.no],
    [columns.key, changedAt === null ? words.notSet : setAt(timeOf(changedAt) ?? '')],
    [columns.phones, extension.phones.join(', ') || words.none],
    [columns.registered, extension.registered ? words.yes : words.no],
    [columns.verdict, verdictOf(invocation, extension)],
    [columns.rotation, extension.rotation ?? words.none],
  ];
}

function verdictOf({ messages }: Invocation, { lastVerdict }: ExtensionDocument): string {
  const { verdicts, words } = messages.phones;
  if (lastVerdict === null) return words.none;
  const known = Verdict.anyOf.map((verdict) => verdict.const).find((verdict) => verdict === lastVerdict.verdict);
  return `${known === undefined ? lastVerdict.verdict : verdicts[known]} (${timeOf(lastVerdict.at) ?? ''})`;
}

function webAccessOf({ messages }: Invocation, { webAccess, delegation }: ExtensionDocument): string {
  const { words, delegations } = messages.phones;
  if (webAccess === undefined) return words.none;
  return delegation === undefined
    ? webAccess
    : `${webAccess} (${delegations[delegation.state](timeOf(delegation.since) ?? '')})`;
}
