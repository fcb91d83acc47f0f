import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { enrolScript } from '../../agent/core/enrol/enrol.ts';
import { retireScript } from '../../agent/core/enrol/retire.ts';
import { apiSsl } from '../../agent/core/enrol/script.ts';
import { parseAddress, refuseAddress, type Address } from '../../schemas/address.ts';
import type { RouterConfig } from '../../schemas/config/agent.ts';
import type { RouterStatus } from '../../schemas/router.ts';
import { requireSection } from '../agent-options.ts';
import { DEFAULT_PLACES, loadConfig, type LoadedConfig } from '../config/load.ts';
import { isAgentRunning, openExistingStore, storeFile } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { idOf, wrongInput } from '../site-desk.ts';

export interface EnrolOptions {
  readonly box: string;
  readonly user: string;
  readonly port: number;
  readonly passwordFile?: string;
  readonly routeros: string;
  readonly openInput: boolean;
  readonly certificate: boolean;
}

const PASSWORD_LENGTH = 24;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Prints the script that makes a router ready; what to do besides goes to stderr. The password is made once and kept in
 * its file; it stands in the script and nowhere else.
 */
export async function enrolRouter(invocation: Invocation, spelled: string, options: EnrolOptions): Promise<ExitCode> {
  const { io, messages } = invocation;
  const id = idOf(spelled, invocation);
  const box = boxOf(options.box, invocation);
  const user = userOf(options.user, invocation);
  const { file, password, isNew } = await passwordOf(invocation, id, options.passwordFile);
  const routeros = options.routeros === '6' ? 6 : 7;
  const { port, openInput, certificate } = options;
  io.stdout.write(enrolScript({ router: id, box, user, password, port, routeros, openInput, certificate }));
  const entry = [
    `- id: ${id}`,
    '  host: ROUTER',
    `  port: ${String(port)}`,
    '  tls: { pin: "sha256:PIN" }',
    `  user: ${user}`,
    `  password: { file: ${JSON.stringify(file)} }`,
  ];
  const takePin = `openssl s_client -connect ROUTER:${String(port)} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 | sed 's/.*=/sha256:/'`;
  const printPin = `/certificate print detail where name=[/ip service get [find where ${apiSsl(routeros)}] certificate]`;
  for (const line of messages.site.enrolled({ file, isNew, entry, takePin, printPin })) io.stderr.write(`${line}\n`);
  return EXIT.ok;
}

export interface RetireOptions {
  /** Left out: as the agent saw it last, else 7. */
  readonly routeros?: string;
  readonly anyway: boolean;
}

/**
 * Prints the script that takes off a router what is ours. A router that the configuration still has is warned of; while an
 * agent manages it nothing is printed, unless `anyway`: a user who is switched off keeps the session he has, and the agent
 * would write again what the script has just taken off. Nor is it of a router that was taken over from WispHub and not
 * given back: the script knows our rows alone, and WispHub's would stay switched off, or go where they became ours.
 */
export async function retireRouter(
  invocation: Invocation,
  spelled: string,
  { routeros, anyway }: RetireOptions,
): Promise<ExitCode> {
  const { io, messages } = invocation;
  const id = idOf(spelled, invocation);
  const loaded = loadConfig(invocation.configPath, io.cwd);
  const { notices, lists, routers } = requireSection(loaded.config.agent, 'agent', invocation);
  const { seen, isTaken, isGivenBack } = await stored(loaded, id);
  if (seen === null && !routers.some((router) => router.id === id)) {
    const known = routers.map((router) => router.id);
    throw wrongInput(messages.site.faults.unknownRouter(id, known));
  }
  if (isTaken && !anyway) {
    io.stderr.write(`${messages.site.retireTaken(id)}\n`);
    return EXIT.tryAgain;
  }
  if (isTaken) io.stderr.write(`${messages.site.retireLeaves(id)}\n`);
  // What was given back to WispHub is kept as in observe, whatever the configuration says.
  const isManaged = !isGivenBack && routers.some((router) => router.id === id && router.mode === 'manage');
  if (isManaged && !anyway && isAgentRunning(loaded)) {
    io.stderr.write(`${messages.site.retireRefused(id)}\n`);
    return EXIT.tryAgain;
  }
  if (!isGivenBack && routers.some((router) => isWritten(router, id)))
    io.stderr.write(`${messages.site.retireWarns(id)}\n`);
  const major = (routeros ?? seen?.version ?? '7').startsWith('6') ? 6 : 7;
  io.stdout.write(retireScript({ router: id, routeros: major, proxyPort: notices.port, seenList: lists.seen }));
  return EXIT.ok;
}

interface Stored {
  /** What the agent saw of the router, also of one that left the configuration; null where it never did. */
  readonly seen: RouterStatus | null;
  /** Rows of WispHub's are changed there, and how they were is kept until they are given back. */
  readonly isTaken: boolean;
  /** A hand-back is over: nothing is written there. */
  readonly isGivenBack: boolean;
}

async function stored(loaded: LoadedConfig, id: string): Promise<Stored> {
  if (!existsSync(storeFile(loaded))) return { seen: null, isTaken: false, isGivenBack: false };
  const store = openExistingStore(loaded);
  try {
    const seen = (await store.control.routerStatuses()).find((status) => status.id === id) ?? null;
    const { adoption } = await store.agent.desiredFor(id);
    return {
      seen,
      isTaken: (adoption?.taken.length ?? 0) > 0,
      isGivenBack: adoption?.step === 'hand-back' && adoption.isSettled,
    };
  } finally {
    store.close();
  }
}

function isWritten(router: RouterConfig, id: string): boolean {
  return router.id === id && router.mode !== 'observe';
}

/** What no box can have. Loopback is a router's own business: in a container beside it that may be right. */
const NO_BOX: ReadonlySet<string> = new Set(['multicast', 'unspecified', 'broadcast']);

function boxOf(text: string, { messages }: Invocation): Address {
  const address = text.includes('/') ? null : parseAddress(text);
  if (address === null || NO_BOX.has(refuseAddress(address) ?? '')) throw wrongInput(messages.site.faults.box(text));
  return address;
}

function userOf(text: string, { messages }: Invocation): string {
  const { faults } = messages.site;
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(text)) throw wrongInput(faults.user(text));
  if (/wisphub/i.test(text)) throw wrongInput(faults.otherProduct(text));
  return text;
}

interface Password {
  readonly file: string;
  readonly password: string;
  readonly isNew: boolean;
}

/** The password of its file, else a fresh one that is written there with mode 0600; `-` reads it and keeps nothing. */
async function passwordOf(invocation: Invocation, id: string, path: string | undefined): Promise<Password> {
  const { io, messages } = invocation;
  if (path === '-') {
    const password = checkPassword(await textOf(io.stdin), invocation);
    return { file: `${id}.password`, password, isNew: false };
  }
  const file = path === undefined ? resolve(configFolder(invocation), `${id}.password`) : resolve(io.cwd, path);
  try {
    if (existsSync(file)) {
      const text = readFileSync(file, 'utf8');
      if (text.trim() !== '') return { file, password: checkPassword(text, invocation), isNew: false };
    }
    const password = Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(
      '',
    );
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    return { file, password, isNew: true };
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw wrongInput(messages.site.faults.passwordFile(file));
    throw cause;
  }
}

function checkPassword(text: string, { messages }: Invocation): string {
  const password = text.replace(/\r?\n$/, '');
  if (/^[\x21-\x7e]{12,64}$/.test(password)) return password;
  throw wrongInput(messages.site.faults.password);
}

/** Beside the configuration, which need not be whole yet: the first router is enrolled before it can be. */
function configFolder({ configPath, io }: Invocation): string {
  if (configPath !== null) return dirname(resolve(io.cwd, configPath));
  const found = DEFAULT_PLACES.map((place) => resolve(io.cwd, place)).find((place) => existsSync(place));
  return found === undefined ? io.cwd : dirname(found);
}
