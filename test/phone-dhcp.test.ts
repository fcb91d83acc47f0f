import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { edgeFolder } from '../lab/demo/edge-process.ts';
import { startPhone } from '../lab/phones/phone.ts';
import { startRegistrar } from '../lab/registrar/registrar.ts';
import { startLabRouter, type LabRouter } from '../lab/routeros/router.ts';
import { freePort } from '../lab/test/free-port.ts';

const NETWORK = '127.0.0.0/8';
const [MAC, NUMBER, KEY] = ['001565aabb01', '1001', 'geheim-Zk3vQ9mT7x'];

/** What the network of phones names as its set; resolves once it is as wanted. */
function untilSet(router: LabRouter, wanted: string): Promise<void> {
  const table = router.state.tables.get('/ip/dhcp-server/network');
  const isThere = (): boolean => table?.rows()[0]?.attributes['dhcp-option-set'] === wanted;
  return new Promise((resolve) => {
    const look = (): void => {
      if (isThere()) resolve();
    };
    const forget = table?.subscribe(look);
    onTestFinished(() => forget?.());
    look();
  });
}

test(
  'what the router’s DHCP server tells a phone leads it through its enrolment, and a reload takes that back',
  { timeout: 120_000 },
  async () => {
    const registrar = await startRegistrar({ users: new Map() });
    registrar.setKeys(NUMBER, KEY);
    onTestFinished(() => registrar.close());
    const router = await startLabRouter({ version: '7.24', preset: 'home' });
    onTestFinished(() => router.close());
    router.table('/ip/dhcp-server/network').add({ address: NETWORK, 'dhcp-option-set': '' });
    const port = await freePort();
    const server = `127.0.0.1:${registrar.port}`;
    const routers = [
      {
        ...{ id: 'r0', host: router.host, port: router.port, tls: false, user: 'edge' },
        password: { file: 'router.password' },
        phoneDhcp: { networks: [NETWORK] },
      },
    ];
    const folder = edgeFolder(
      'dhcp',
      { portal: { domain: 'clientes.example.net', resolvers: [] }, routers },
      {
        provisioner: {
          listen: { host: '127.0.0.1', port },
          publicUrl: `http://127.0.0.1:${port}`,
          registrars: [{ id: 'iplan', domain: server, uri: `sip:${server};transport=udp`, probeMode: 'query' }],
        },
      },
    );
    onTestFinished(() => {
      folder.remove();
    });
    router.setPassword('edge', folder.routerPassword);
    const heard: { reloaded: () => void } = { reloaded: () => undefined };
    const reloaded = new Promise<void>((resolve) => {
      heard.reloaded = resolve;
    });
    const edge = await folder.start((line) => {
      if (line.includes('configuration reloaded')) heard.reloaded();
    });
    onTestFinished(async () => {
      await edge.stop();
    });
    const put = { registrar: 'iplan', displayName: 'Ana', sipKey: KEY, owner: 'isp' };
    expect(await edge.api.send('PUT', `/v1/extensions/${NUMBER}`, put)).toMatchObject({ status: 201 });
    const phone = { vendor: 'yealink', lines: [{ extension: NUMBER }] };
    expect(await edge.api.send('PUT', `/v1/phones/${MAC}`, phone)).toMatchObject({ status: 201 });
    const { body } = await edge.api.send('POST', `/v1/phones/${MAC}/enrol`);
    await untilSet(router, 'wisp-edge-phones');
    const option = router.table('/ip/dhcp-server/option').find({ code: '66' });
    const url = /^'(.*)'$/.exec(option?.['value'] ?? '')?.[1] ?? '';
    const led = await startPhone({ vendor: 'yealink', mac: MAC, url, retryMs: 200 });
    onTestFinished(() => led.close());
    await led.untilRegistered(NUMBER, KEY, 60_000);
    expect(led.url).toBe(body['provisioningUrl']);

    // Enrolled anew it would be led once more; without the setting nobody is, and the network has nothing again.
    expect(await edge.api.send('POST', `/v1/phones/${MAC}/enrol`)).toMatchObject({ status: 200 });
    const config = readFileSync(folder.configFile, 'utf8').replace(/,\s*"phoneDhcp": \{[^}]*\}/, '');
    expect(config).not.toContain('phoneDhcp');
    writeFileSync(folder.configFile, config);
    process.kill(edge.pid, 'SIGHUP');
    await Promise.all([reloaded, untilSet(router, '')]);
    expect((await fetch(`${url}${MAC}.cfg`)).status).toBe(404);
  },
);
