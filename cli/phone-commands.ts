import { Option, type Command } from 'commander';
import { ALLOWANCES } from '../control/core/planilla/basis.ts';
import { Owner, WebAccess } from '../schemas/extension.ts';
import { FileCipher, FileEncryption } from '../schemas/file-encryption.ts';
import { PhoneVendor } from '../schemas/phone.ts';
import { count } from './arguments.ts';
import { DHCP_FORMATS, type DhcpFormat } from './dhcp-host.ts';
import { repeatable, timeoutOption, verbWithVerbs, type Json, type Timed, type VerbHost } from './verb-host.ts';
import type { ExtensionPutOptions } from './verbs/extensions.ts';
import type { PhonePut } from './verbs/phones.ts';
import type { PlanillaImport } from './verbs/planilla.ts';

/** Each probe has its deadline and its second try; phones and people take longer. */
const VALIDATE_SECONDS = 60;
const RESYNC_SECONDS = 240;
const ROTATE_SECONDS = 1_800;

/** Adds `phones`, `extensions`, `validate` and `rotate`. */
export function addPhoneVerbs(program: Command, host: VerbHost): void {
  addPhones(program, host);
  addComodato(program, host);
  addExtensions(program, host);
  addValidate(program, host);
  addRotate(program, host);
}

function addPhones(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.phones;
  const load = () => import('./verbs/phones.ts');
  const phones = verbWithVerbs(program, 'phones [mac]', verbs.phones);
  phones
    .addOption(json)
    .option('--trace', options.trace)
    .action((mac: string | undefined, given: Json & { readonly trace?: true }) =>
      act(async () => (await load()).showPhones(invocation(), mac, given)),
    );
  phones
    .command('put <mac>')
    .description(verbs.phonesPut)
    .addOption(
      new Option('--vendor <VENDOR>', options.vendor)
        .choices(PhoneVendor.anyOf.map((vendor) => vendor.const))
        .makeOptionMandatory(),
    )
    .addOption(repeatable('--line <NUMBER>', options.line))
    .option('--model <MODEL>', options.model)
    .option('--label <TEXT>', options.label)
    .option('--serial <TEXT>', options.serial)
    .addOption(
      new Option('--encryption <MODE>', options.encryption).choices(FileEncryption.anyOf.map((mode) => mode.const)),
    )
    .addOption(
      new Option('--file-cipher <CIPHER>', options.fileCipher).choices(FileCipher.anyOf.map((cipher) => cipher.const)),
    )
    .action((mac: string, given: PhonePut) => act(async () => (await load()).putPhone(invocation(), mac, given)));
  phones
    .command('delete <mac>')
    .description(verbs.phonesDelete)
    .action((mac: string) => act(async () => (await load()).deletePhone(invocation(), mac)));
  phones
    .command('return <mac>')
    .description(verbs.phonesReturn)
    .addOption(json)
    .option('--serial <TEXT>', options.serial)
    .option('--note <TEXT>', options.note)
    .action((mac: string, given: Json & { serial?: string; note?: string }) =>
      act(async () => (await import('./verbs/comodato.ts')).returnPhone(invocation(), mac, given)),
    );
  phones
    .command('enrol <mac>')
    .description(verbs.phonesEnrol)
    .addOption(json)
    .addOption(new Option('--dhcp <FORMAT>', options.dhcp).choices(DHCP_FORMATS))
    .action((mac: string, given: Json & { dhcp?: DhcpFormat }) =>
      act(async () => (await load()).enrolPhone(invocation(), mac, given)),
    );
  phones
    .command('end-earlier <mac>')
    .description(verbs.phonesEndEarlier)
    .action((mac: string) => act(async () => (await load()).endEarlier(invocation(), mac)));
  phones
    .command('import <file>')
    .description(verbs.phonesImport)
    .addOption(json)
    .option('--dry-run', options.dryRun, false)
    .addOption(repeatable('--allow <WHAT>', options.allow, ALLOWANCES))
    .action((file: string, given: PlanillaImport) =>
      act(async () => (await import('./verbs/planilla.ts')).importPhones(invocation(), file, given)),
    );
  phones
    .command('export [file]')
    .description(verbs.phonesExport)
    .action((file: string | undefined) =>
      act(async () => (await import('./verbs/planilla.ts')).exportPhones(invocation(), file)),
    );
  phones
    .command('resync <mac>')
    .description(verbs.phonesResync)
    .addOption(json)
    .addOption(timeoutOption(messages, RESYNC_SECONDS))
    .action((mac: string, given: Timed) =>
      act(async () => (await load()).resyncPhone(invocation(), mac, waitOf(given))),
    );
}

function addComodato(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.phones;
  const load = () => import('./verbs/comodato.ts');
  const comodato = verbWithVerbs(program, 'comodato', verbs.comodato);
  comodato
    .addOption(json)
    .option('--open', options.openOnly)
    .action((given: Json & { open?: true }) => act(async () => (await load()).showReturns(invocation(), given)));
  comodato
    .command('ack <id>')
    .description(verbs.comodatoAck)
    .addOption(json)
    .option('--ticket <TEXT>', options.ticket)
    .action((id: string, given: Json & { ticket?: string }) =>
      act(async () => (await load()).acknowledgeReturn(invocation(), id, given)),
    );
  comodato
    .command('export [file]')
    .description(verbs.comodatoExport)
    .action((file: string | undefined) => act(async () => (await load()).exportReturns(invocation(), file)));
}

function addExtensions(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.phones;
  const load = () => import('./verbs/extensions.ts');
  const extensions = verbWithVerbs(program, 'extensions [number]', verbs.extensions);
  extensions
    .addOption(json)
    .action((number: string | undefined, given: Json) =>
      act(async () => (await load()).showExtensions(invocation(), number, given)),
    );
  extensions
    .command('put <number>')
    .description(verbs.extensionsPut)
    .requiredOption('--registrar <ID>', options.registrar)
    .requiredOption('--name <TEXT>', options.name)
    .addOption(
      new Option('--owner <OWNER>', options.owner)
        .choices(Owner.anyOf.map((owner) => owner.const))
        .makeOptionMandatory(),
    )
    .option('--auth-user <TEXT>', options.authUser)
    .option('--email <ADDRESS>', options.email)
    .option('--site <TEXT>', options.site)
    .option('--softphone', options.softphone)
    .addOption(new Option('--web-access <MODE>', options.webAccess).choices(WebAccess.anyOf.map((mode) => mode.const)))
    .option('--key-file <FILE>', options.keyFile)
    .action((number: string, given: ExtensionPutOptions) =>
      act(async () => (await load()).putExtension(invocation(), number, given)),
    );
  extensions
    .command('confirm <number>')
    .description(verbs.extensionsConfirm)
    .action((number: string) => act(async () => (await load()).confirmDelegation(invocation(), number)));
  extensions
    .command('delete <number>')
    .description(verbs.extensionsDelete)
    .action((number: string) => act(async () => (await load()).deleteExtension(invocation(), number)));
}

function addValidate(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.phones;
  program
    .command('validate <number>')
    .description(verbs.validate)
    .addOption(json)
    .option('--key-file <FILE>', options.keyFile)
    .addOption(timeoutOption(messages, VALIDATE_SECONDS))
    .action((number: string, given: Timed & { keyFile?: string }) =>
      act(async () => {
        const { validate } = await import('./verbs/validate.ts');
        return validate(invocation(), number, { ...given, ...waitOf(given) });
      }),
    );
}

function addRotate(program: Command, { messages, json, invocation, act }: VerbHost): void {
  const { options, verbs } = messages.phones;
  const load = () => import('./verbs/rotate.ts');
  const rotate = verbWithVerbs(program, 'rotate [numbers...]', verbs.rotate);
  rotate
    .addOption(json)
    .option('--reason <TEXT>', options.reason)
    .option('--key-file <FILE>', options.keyFile)
    .addOption(new Option('--canary <COUNT>', options.canary).argParser(count))
    .addOption(new Option('--wave <COUNT>', options.wave).argParser(count))
    .option('--no-wait', options.noWait)
    .addOption(timeoutOption(messages, ROTATE_SECONDS))
    .action((numbers: readonly string[], given: Timed & { reason?: string; keyFile?: string; wait: boolean }) =>
      act(async () => (await load()).rotate(invocation(), numbers, { ...given, ...waitOf(given) })),
    );
  rotate
    .command('show [id]')
    .description(verbs.rotateShow)
    .addOption(json)
    .action((id: string | undefined, given: Json) =>
      act(async () => (await load()).showRotations(invocation(), id, given)),
    );
  rotate
    .command('key <id> <number>')
    .description(verbs.rotateKey)
    .addOption(json)
    .option('--key-file <FILE>', options.keyFile, '-')
    .option('--no-wait', options.noWait)
    .addOption(timeoutOption(messages, ROTATE_SECONDS))
    .action((id: string, number: string, given: Timed & { keyFile: string; wait: boolean }) =>
      act(async () => (await load()).giveKey(invocation(), { id, number }, { ...given, ...waitOf(given) })),
    );
  rotate
    .command('cancel <id>')
    .description(verbs.rotateCancel)
    .addOption(json)
    .addOption(timeoutOption(messages, RESYNC_SECONDS))
    .action((id: string, given: Timed) =>
      act(async () => (await load()).cancelRotation(invocation(), id, waitOf(given))),
    );
}

function waitOf({ json, timeout }: Timed): { readonly json: boolean; readonly timeoutSeconds: number } {
  return { json, timeoutSeconds: timeout };
}
