import { expect, onTestFinished, test } from 'vitest';
import { PLACES, startWorld } from '../world.ts';
import { selfSigned } from '../routeros/certificate.ts';
import { curl } from '../routeros/test/subscriber.ts';
import { secureSite } from '../sites.ts';
import { findPeer } from './peers.ts';

const peer = findPeer('curl', 'curl', ['--version']);

test('a world holds several routers before one internet, and closes as one', async () => {
  const world = await startWorld({
    routers: [
      { id: 'a', version: '6.49' },
      { id: 'b', version: '7.24', preset: 'home' },
    ],
  });
  const identities = ['a', 'b'].map((id) => world.router(id).table('/system/identity').rows()[0]?.['name']);
  expect(identities).toEqual(['a', 'b']);
  expect(() => world.router('c')).toThrow('no router c');
  await world.close();
  await expect(startWorld({ routers: [] }).then((empty) => empty.close())).resolves.toBeUndefined();
});

test.skipIf(!peer.isThere)(`an HTTPS portal is reached through the router ${peer.skipReason}`, async () => {
  const world = await startWorld({ routers: [{ id: 'r0', preset: 'home' }] });
  onTestFinished(() => world.close());
  const certificate = selfSigned(world.domain, Date.now());
  secureSite(world.internet, [PLACES.portal], certificate, (request, response) => {
    response.end(`secure ${request.url ?? ''}`);
  });
  const port = await world.router('r0').subscriberPort('100.64.1.5');
  const answer = await curl(port, `https://${world.domain}/aviso/`, '-k');
  expect(answer).toMatchObject({ exitCode: 0, status: 200, body: 'secure /aviso/' });
});

test.skipIf(!peer.isThere)(`a domain that moves is followed as its lifetime says ${peer.skipReason}`, async () => {
  const world = await startWorld();
  onTestFinished(() => world.close());
  const port = await world.router('r0').subscriberPort('100.64.1.5');
  world.dns.zones.a(world.cnameTarget, [PLACES.site], 0);
  expect((await curl(port, `http://${world.domain}/`)).body).toContain(`GET ${world.domain} /`);
  world.dns.zones.a(world.cnameTarget, [PLACES.portal], 0);
  expect((await curl(port, `http://${world.domain}/`)).body).toContain('Aviso');
});
