import type { LabRouter } from '../routeros/lab-router.ts';
import { PLACES, type World } from '../world.ts';
import type { Answer, Api } from './api.ts';
import { device, type Device } from './client.ts';
import type { Report } from './report.ts';

/** Numbers of 203.0.113.0/24 and the like are documentation addresses; 100.64.0.0/10 is what an ISP gives its customers. */
const PAID = '100.64.0.5';
const REMINDED = '100.64.0.6';
const STRANGER = '192.0.2.66';
const WAIT = { prefer: 'wait=20' };

/** The main job on one router: cut, notify and restore, each read back through the router's own data plane. */
export async function mainJob(world: World, id: string, api: Api, report: Report): Promise<void> {
  const router = world.router(id);
  const cutId = `cut-${id}`;
  const dueId = `due-${id}`;
  const cutUrl = `https://${world.domain}/aviso/cutoff/${cutId}/`;
  const dueUrl = `https://${world.domain}/aviso/payment-due/${dueId}/`;
  const cut = device(await router.subscriberPort(PAID));
  const due = device(await router.subscriberPort(REMINDED));
  const redirected = router.state.dialect.version === '6.49' ? 302 : 307;

  await report.step('router is managed and converged / router gestionado y convergido', `router/${id}`, async () => {
    const done = await api.send('POST', `/v1/routers/${id}/reconcile`, undefined, WAIT);
    return isVerified(done) && (await api.send('GET', `/v1/routers/${id}`)).body['converged'] === true;
  });
  await report.step('subscribers are known and browse / abonados dados de alta, navegan', `router/${id}`, async () => {
    const put = (name: string, address: string): Promise<Answer> =>
      api.send('PUT', `/v1/subscribers/${name}`, { name, router: id, addresses: [address] });
    const answers = [await put(cutId, PAID), await put(dueId, REMINDED)];
    return answers.every(({ status }) => status === 201) && (await browses(cut)) && (await browses(due));
  });
  await report.step(
    'a wrong address is refused / se rechaza una dirección inválida',
    `subscriber/bad-${id}`,
    async () => {
      const before = JSON.stringify(router.snapshot());
      const bad = await api.send('PUT', `/v1/subscribers/bad-${id}`, {
        name: 'x',
        router: id,
        addresses: ['127.0.0.5'],
      });
      const gone = await api.send('GET', `/v1/subscribers/bad-${id}`);
      return bad.status === 400 && gone.status === 404 && before === JSON.stringify(router.snapshot());
    },
  );
  await report.step('cut off, verified on the router / corte aplicado y verificado', `subscriber/${cutId}`, async () =>
    isVerified(await api.send('PUT', `/v1/subscribers/${cutId}/cutoff`, { reason: 'factura vencida' }, WAIT)),
  );
  await report.step(
    `HTTP leads to the cut-off page (${redirected}) / HTTP lleva al aviso de corte`,
    `subscriber/${cutId}`,
    async () => {
      const page = await cut.get('http://example.test/');
      return page.status === redirected && page.location === cutUrl;
    },
  );
  await report.step(
    '443 refused at once, other TCP and UDP rejected / 443 y demás rechazados',
    `subscriber/${cutId}`,
    async () =>
      (await cut.reach('example.test', 443)) === 'refused' &&
      (await cut.reach(PLACES.site, 8443)) !== 'open' &&
      (await cut.udp(PLACES.echo, 7, Buffer.from('hola'))) === null,
  );
  await report.step(
    'portal and DNS still answer / portal y DNS siguen respondiendo',
    `subscriber/${cutId}`,
    async () =>
      (await cut.get(`http://${world.domain}/saldo/`)).status === 200 &&
      (await cut.reach(world.domain, 443)) === 'open',
  );
  await report.step(
    'notice shown on port 80, browsing goes on / aviso en pantalla, navega',
    `subscriber/${dueId}`,
    async () => {
      const done = await api.send(
        'PUT',
        `/v1/subscribers/${dueId}/notices/payment-due`,
        { text: 'Su factura vence mañana' },
        WAIT,
      );
      const page = await due.get('http://example.test/');
      return (
        isVerified(done) &&
        page.status === redirected &&
        page.location === dueUrl &&
        (await due.reach('example.test', 443)) === 'open'
      );
    },
  );
  await report.step('a stranger cannot use the proxy / un extraño no puede usar el proxy', `router/${id}`, () =>
    isShut(router),
  );
  await report.step(
    'restored, verified on the router / servicio repuesto y verificado',
    `subscriber/${cutId}`,
    async () => isVerified(await api.send('DELETE', `/v1/subscribers/${cutId}/cutoff`, undefined, WAIT)),
  );
  await report.step(
    'after the restore everything passes / tras la reposición todo pasa',
    `subscriber/${cutId}`,
    async () =>
      (await browses(cut)) &&
      (await cut.reach('example.test', 443)) === 'open' &&
      (await cut.udp(PLACES.echo, 7, Buffer.from('hola')))?.toString() === 'hola',
  );
  await report.step('doing it again changes nothing / repetir no cambia nada', `router/${id}`, async () => {
    const before = JSON.stringify(router.snapshot());
    const done = await api.send('POST', `/v1/routers/${id}/reconcile`, undefined, WAIT);
    return isVerified(done) && before === JSON.stringify(router.snapshot());
  });
}

async function browses(subscriber: Device): Promise<boolean> {
  const page = await subscriber.get('http://example.test/');
  return page.status === 200 && page.location === null;
}

async function isShut(router: LabRouter): Promise<boolean> {
  const outside = device(await router.subscriberPort(STRANGER, { wan: true }));
  const address =
    router
      .table('/ip/address')
      .rows()
      .find((row) => row['interface'] === 'ether1')?.['address'] ?? '';
  return (await outside.reach(address.replace(/\/.*$/, ''), 999)) !== 'open';
}

function isVerified(answer: Answer): boolean {
  return answer.status === 200 && answer.body['state'] === 'verified';
}
