import type { LabPhone, LabPhoneOptions } from '../phones/phone.ts';
import type { LabBinding } from '../registrar/bindings.ts';
import type { World } from '../world.ts';
import type { Answer, Api } from './api.ts';
import type { Report } from './report.ts';
import { registrarSays } from './sip-check.ts';

/** One phone of the demo, and the keys its extension has in turn. */
export interface PhoneCase {
  readonly vendor: LabPhoneOptions['vendor'];
  readonly mac: string;
  readonly extension: string;
  readonly firstKey: string;
  readonly newKey: string;
  /** One the registrar does not accept. */
  readonly wrongKey: string;
  /** The phone asks who tells it to fetch. */
  readonly challengesNotify: boolean;
}

const WAIT = { prefer: 'wait=60' };
/** How long the lab's side is waited for after the API has said that something is done, ms. */
const PATIENCE_MS = 10_000;

/**
 * The main job on one phone: enrolled, configured, its key rotated, a wrong key refused. Each step is read back at the
 * lab's registrar or at the lab's phone, not only from the API. Gives the phone, or null when it was never plugged in.
 */
export async function phoneJob(
  world: World,
  phonesUrl: string,
  api: Api,
  { vendor, mac, extension, firstKey, newKey, wrongKey, challengesNotify }: PhoneCase,
  report: Report,
): Promise<LabPhone | null> {
  const { registrar } = world;
  const extensionSubject = `extension/${extension}`;
  const phoneSubject = `phone/${mac}`;
  const state: { enrolmentUrl: string; provisioningUrl: string; phone: LabPhone | null } = {
    enrolmentUrl: '',
    provisioningUrl: '',
    phone: null,
  };
  const binding = (): LabBinding | undefined => registrar.bindings(extension)[0];

  await report.step('extension is known, its key never shown / interno dado de alta', extensionSubject, async () => {
    const body = { registrar: 'lab', displayName: `Interno ${extension}`, owner: 'comodato', sipKey: firstKey };
    const put = await api.send('PUT', `/v1/extensions/${extension}`, body);
    const got = await api.send('GET', `/v1/extensions/${extension}`);
    return put.status === 201 && fieldOf(got.body['sipKey'], 'set') === true && !JSON.stringify(got).includes(firstKey);
  });
  await report.step(
    'SIP key proven at the registrar, nothing registered / clave SIP probada en el registrar',
    extensionSubject,
    async () => {
      const done = await api.send('POST', `/v1/extensions/${extension}/validate`, undefined, WAIT);
      const asked = registrar.requests.some(
        ({ user, hasContact, status }) => user === extension && !hasContact && status === 200,
      );
      return isVerified(done) && asked && registrar.bindings(extension).length === 0;
    },
  );
  await report.step('phone is known and enrolled / teléfono dado de alta, con su URL', phoneSubject, async () => {
    const put = await api.send('PUT', `/v1/phones/${mac}`, { vendor, lines: [{ extension }], label: 'Recepción' });
    const enrol = await api.send('POST', `/v1/phones/${mac}/enrol`);
    state.enrolmentUrl = textOf(enrol.body['enrolmentUrl']);
    state.provisioningUrl = textOf(enrol.body['provisioningUrl']);
    return (
      put.status === 201 &&
      enrol.status === 200 &&
      state.enrolmentUrl.startsWith(`${phonesUrl}/e/`) &&
      state.provisioningUrl.startsWith(`${phonesUrl}/p/`)
    );
  });
  await report.step(
    'phone configures itself and registers / se configura solo y se registra',
    phoneSubject,
    async () => {
      const phone = await world.plugIn({ vendor, mac, url: state.enrolmentUrl, challengesNotify, retryMs: 200 });
      state.phone = phone;
      await phone.untilRegistered(extension, firstKey, PATIENCE_MS);
      return (
        phone.url === state.provisioningUrl &&
        binding()?.key === firstKey &&
        binding()?.contact.includes(`:${phone.sipPort}`) === true &&
        (await becomes(
          api,
          `/v1/phones/${mac}`,
          ({ body }) => body['registered'] === true && body['lastFetch'] !== null,
        ))
      );
    },
  );
  await report.step(
    'unknown token, other MAC and other file get one and the same answer / token o MAC ajenos: la misma respuesta',
    phoneSubject,
    async () => {
      const strange = state.provisioningUrl.replace(/[^/]+\/$/, `${'A'.repeat(22)}/`);
      const answers = await Promise.all(
        [`${strange}${mac}.cfg`, `${state.provisioningUrl}020000000001.cfg`, `${state.provisioningUrl}x.cfg`].map(look),
      );
      return answers[0]?.startsWith('404 ') === true && answers.every((each) => each === answers[0]);
    },
  );
  const { phone } = state;
  if (phone === null) return null;

  await report.step(
    'key rotated: proven, served, pushed, fetched, registered / clave rotada de punta a punta',
    extensionSubject,
    async () => {
      // The provider changes it first: from here on the phone lives on its binding.
      registrar.setKeys(extension, newKey);
      const before = Date.now();
      const done = await rotate(api, extension, newKey);
      await phone.untilNotified(({ status }) => status === 200, PATIENCE_MS);
      await phone.untilRegistered(extension, newKey, PATIENCE_MS);
      return (
        isVerified(done.operation) &&
        done.end === 'committed' &&
        binding()?.key === newKey &&
        (binding()?.renewedAt ?? 0) >= before &&
        phone.fetches.some(({ at, keys }) => at >= before && keys.includes(newKey))
      );
    },
  );
  await report.step(
    challengesNotify
      ? 'the push was challenged, and answered with the old key / el aviso se autenticó con la clave vieja'
      : 'the phone took the push without a reboot / el teléfono tomó el aviso sin reiniciarse',
    phoneSubject,
    () => {
      const isAnswered = phone.notifies.some(({ status, hasAuthorization }) => status === 200 && hasAuthorization);
      const isAsked = phone.notifies.some(({ status }) => status === 401);
      const isPlain = !isAsked && phone.notifies.some(({ status }) => status === 200);
      return Promise.resolve((challengesNotify ? isAsked && isAnswered : isPlain) && phone.reboots === 0);
    },
  );
  await report.step(
    'the old key is dead, the new one lives / la clave vieja ya no sirve',
    extensionSubject,
    async () => {
      const old = await registrarSays(registrar.port, extension, firstKey);
      const fresh = await registrarSays(registrar.port, extension, newKey);
      return old === 401 && fresh === 200;
    },
  );
  await report.step(
    'a wrong key is refused, the phone keeps working / clave errónea rechazada, el teléfono sigue',
    extensionSubject,
    async () => {
      const done = await rotate(api, extension, wrongKey);
      const contact = binding()?.contact;
      await phone.poll();
      return (
        done.operation.body['state'] === 'failed' &&
        (done.end === 'rolled_back' || done.end === 'needs_support') &&
        done.hasEvidence &&
        !phone.keysGiven.has(wrongKey) &&
        contact?.includes(`:${phone.sipPort}`) === true &&
        phone.lines.every(({ registeredWith }) => registeredWith === newKey) &&
        (await registrarSays(registrar.port, extension, newKey)) === 200
      );
    },
  );
  await report.step(
    'no key in any answer or event / ninguna clave en respuestas ni eventos',
    extensionSubject,
    async () => {
      const paths = ['/v1/extensions', '/v1/phones', '/v1/rotations', '/v1/events', '/v1/audit'];
      const told = JSON.stringify(await Promise.all(paths.map((path) => api.send('GET', path))));
      const token = /\/p\/([^/]+)\//.exec(state.provisioningUrl)?.[1] ?? '';
      return [firstKey, newKey, wrongKey, token].every((secret) => secret !== '' && !told.includes(secret));
    },
  );
  return phone;
}

interface Rotated {
  readonly operation: Answer;
  readonly end: unknown;
  readonly hasEvidence: boolean;
}

async function rotate(api: Api, extension: string, key: string): Promise<Rotated> {
  const body = { extensions: [extension], newKeys: { [extension]: key }, reason: 'demo' };
  const operation = await api.send('POST', '/v1/rotations', body, WAIT);
  const { body: rotation } = await api.send('GET', `/v1/${textOf(operation.body['subject']).replace('/', 's/')}`);
  const extensions = Array.isArray(rotation['extensions']) ? rotation['extensions'] : [];
  const evidence: unknown = fieldOf(extensions[0], 'evidence');
  return { operation, end: rotation['end'], hasEvidence: Array.isArray(evidence) && evidence.length > 0 };
}

/** Status, type and body of an answer to a stranger. */
async function look(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  return `${response.status} ${response.headers.get('content-type') ?? ''} ${await response.text()}`;
}

/** Reads until the answer fits: what a daemon observed reaches the API a moment later. */
async function becomes(api: Api, path: string, fits: (answer: Answer) => boolean): Promise<boolean> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    if (fits(await api.send('GET', path))) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function isVerified(answer: Answer): boolean {
  return answer.status === 200 && answer.body['state'] === 'verified';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
