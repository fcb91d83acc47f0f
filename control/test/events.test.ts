import { expect, test } from 'vitest';
import { PROVISIONER } from '../../store/terms.ts';
import type { StreamLimits } from '../event-streams.ts';
import { ANA, testSite, tokenOf, type TestSite } from './test-site.ts';

async function listening(limits?: StreamLimits): Promise<{ readonly site: TestSite; readonly url: string }> {
  const site = await testSite(limits === undefined ? {} : { streamLimits: limits });
  const url = await site.app.listen({ host: '127.0.0.1', port: 0 });
  return { site, url };
}

interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly seq: number; readonly type: string; readonly subject: string };
}

/** Reads a stream until a frame satisfies `isLast`; gives every frame until then. */
async function readFrames(
  url: string,
  headers: Readonly<Record<string, string>>,
  isLast: (frame: Frame) => boolean,
  onOpen: () => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly Frame[]> {
  const aborter = new AbortController();
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${tokenOf('viewer')}`, ...headers },
    signal: aborter.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  if (answer.body === null) throw new Error('no body');
  await onOpen();
  const frames: Frame[] = [];
  let rest = '';
  for await (const bytes of answer.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + bytes).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const match = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(part);
      if (match === null) continue;
      const frame: Frame = {
        id: match[1] ?? '',
        event: match[2] ?? '',
        data: JSON.parse(match[3] ?? '') as Frame['data'],
      };
      frames.push(frame);
      if (!isLast(frame)) continue;
      aborter.abort();
      return frames;
    }
  }
  return frames;
}

test('what concerns several routers is one event for each, and each names its router', async () => {
  const site = await testSite();
  await site.other.agent.appendEvent({ at: 0, type: 'a', subject: 'site/norte-1', router: 'r0', data: {} });
  await site.other.agent.appendEvent({ at: 0, type: 'a', subject: 'site/norte-1', router: null, data: {} });
  await site.other.agent.appendEvent({ at: 0, type: 'a', subject: 'phone/x', router: PROVISIONER, data: {} });
  const items = (await site.call('GET', '/v1/events')).body['items'];
  expect(items).toMatchObject([{ router: 'r0' }, { subject: 'site/norte-1' }, { subject: 'phone/x' }]);
  expect(JSON.stringify(items).match(/"router"/g)).toHaveLength(1);
});

test('events are listed after a sequence number, page by page', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' });
  const all = (await site.call('GET', '/v1/events')).body['items'];
  expect(Array.isArray(all) && all.length).toBeGreaterThan(1);
  const first = await site.call('GET', '/v1/events?limit=1');
  const rest = await site.call('GET', `/v1/events?after=${String(first.body['next'])}`);
  expect([first.body['items'], rest.body['items']].flat()).toEqual(all);
  expect(rest.body['next']).toBeNull();
  expect((await site.call('GET', '/v1/events?after=x')).status).toBe(400);
});

test('the audit says who did what', async () => {
  const site = await testSite();
  await site.call('PUT', '/v1/subscribers/s5', { body: ANA, as: 'platform' });
  await site.call('PUT', '/v1/subscribers/s5/cutoff', { body: { reason: 'mora' } });
  await site.other.agent.appendEvent({ at: 0, type: 'router.down', subject: 'router/r0', router: 'r0', data: {} });
  const { body } = await site.call('GET', '/v1/audit');
  const items: unknown = body['items'];
  expect(items).toMatchObject([
    { actor: { name: 'platform', via: 'api' }, subject: 'subscriber/s5', action: 'subscriber.changed' },
    { actor: { name: 'admin', via: 'api' } },
    { action: 'operation.received' },
  ]);
  expect(JSON.stringify(items)).not.toContain('router.down');
  const page = await site.call('GET', '/v1/audit?limit=1');
  const next = await site.call('GET', `/v1/audit?after=${String(page.body['next'])}`);
  expect(next.body['items']).toMatchObject([{ actor: { name: 'admin' } }, {}]);
});

test('a stream shows what other connections commit, and resumes after Last-Event-ID', async () => {
  const { site, url } = await listening();
  const event = (at: number) => ({ at, type: 'router.down', subject: `router/r${String(at)}`, router: 'r0', data: {} });
  const live = await readFrames(
    `${url}/v1/events/stream`,
    {},
    (frame) => frame.data.subject === 'router/r2',
    async () => {
      for (const at of [1, 2, 3]) await site.other.agent.appendEvent(event(at));
    },
  );
  expect(live.map((frame) => [frame.event, frame.data.subject])).toEqual([
    ['router.down', 'router/r1'],
    ['router.down', 'router/r2'],
  ]);
  const resumed = await readFrames(
    `${url}/v1/events/stream`,
    { 'last-event-id': live[0]?.id ?? '' },
    (frame) => frame.data.subject === 'router/r3',
  );
  expect(resumed.map((frame) => frame.data.subject)).toEqual(['router/r2', 'router/r3']);
  const fromStart = await readFrames(
    `${url}/v1/events/stream?after=0`,
    {},
    (frame) => frame.data.subject === 'router/r1',
  );
  expect(fromStart).toHaveLength(1);
});

test('a stream ends, and shows nothing more, when its token is taken away', async () => {
  const { site, url } = await listening();
  const event = (at: number) => ({ at, type: 'router.down', subject: `router/r${String(at)}`, router: 'r0', data: {} });
  const seen = await readFrames(
    `${url}/v1/events/stream`,
    {},
    () => false,
    async () => {
      const { current } = site.settings;
      site.settings.current = { ...current, tokens: current.tokens.filter(({ name }) => name !== 'viewer') };
      await site.other.agent.appendEvent(event(1));
    },
  );
  expect(seen).toEqual([]);
});

test('a stream shows our own commits at once', async () => {
  const { site, url } = await listening();
  const frames = await readFrames(
    `${url}/v1/events/stream`,
    {},
    (frame) => frame.data.subject === 'subscriber/s5',
    () => site.put('/v1/subscribers/s5', ANA),
  );
  expect(frames).toHaveLength(1);
});

test('more streams than there is room for are 429; a bad Last-Event-ID is 400', async () => {
  const { site, url } = await listening({ maxStreams: 0, heartbeatMs: 1000, drainMs: 1000 });
  const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
  const answer = await fetch(`${url}/v1/events/stream`, { headers });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '10']);
  expect(await answer.json()).toMatchObject({ type: 'urn:wisp-edge:problem:too-many-streams' });
  const bad = await site.call('GET', '/v1/events/stream', { headers: { 'last-event-id': 'x' } });
  expect(bad.body['errors']).toMatchObject([{ pointer: '/Last-Event-ID', in: 'header' }]);
});

test('a reader that does not take what it is sent is dropped', async () => {
  const { site, url } = await listening({ maxStreams: 1, heartbeatMs: 60_000, drainMs: 50 });
  const data = { text: 'x'.repeat(10_000) };
  for (let at = 0; at < 2000; at += 1) {
    await site.other.agent.appendEvent({ at, type: 'test.noise', subject: 'site/norte-1', router: null, data });
  }
  const headers = { authorization: `Bearer ${tokenOf('viewer')}` };
  const slow = await fetch(`${url}/v1/events/stream?after=0`, { headers });
  const reading = (async () => {
    const reader = slow.body?.getReader();
    // Nothing is read until the server has given up: then another stream is let in.
    for (;;) {
      const other = await fetch(`${url}/v1/events/stream`, { headers });
      await other.body?.cancel();
      if (other.status === 200) break;
    }
    for (;;) if ((await reader?.read())?.done !== false) return;
  })();
  await expect(reading).rejects.toThrow();
}, 20_000);

test('a quiet stream is kept awake by comments', async () => {
  const { url } = await listening({ maxStreams: 1, heartbeatMs: 5, drainMs: 1000 });
  const answer = await fetch(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${tokenOf('viewer')}` } });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes(': alive\n\n')) seen += (await reader?.read())?.value ?? '';
  await reader?.cancel();
});

test('closing the server ends its streams', async () => {
  const { site, url } = await listening();
  const frames = await readFrames(
    `${url}/v1/events/stream`,
    {},
    () => false,
    () => {
      void site.app.close();
      return Promise.resolve();
    },
  );
  expect(frames).toEqual([]);
});
