import { expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import { MAX_PENDING, TaggedSession, type Link, type TaggedSessionOptions } from './session.ts';

interface Sent {
  readonly tag: string;
  readonly words: readonly string[];
}

function sessionOn(
  sent: Sent[],
  options: Partial<TaggedSessionOptions> = {},
): { readonly session: TaggedSession; readonly isDestroyed: () => boolean } {
  let isDestroyed = false;
  const link: Link = {
    send: (tag, words) => {
      sent.push({ tag, words });
    },
    forget: () => undefined,
    destroy: () => {
      isDestroyed = true;
    },
    close: () => Promise.resolve(),
  };
  return { session: new TaggedSession(link, { commandTimeoutMs: 5_000, ...options }), isDestroyed: () => isDestroyed };
}

test('a reply beyond its limits is cancelled and refused, the session goes on', async () => {
  const sent: Sent[] = [];
  const { session, isDestroyed } = sessionOn(sent, { replyLimits: { maxRows: 2, maxBytes: 1_000 } });
  const reply = session.run({ path: '/x/print' });
  for (let n = 0; n < 4; n += 1) session.receive(['!re', `=.id=*${n}`, '.tag=1']);
  expect(sent.at(-1)?.words.slice(0, 2)).toEqual(['/cancel', '=tag=1']);
  session.receive(['!trap', '=message=interrupted', '.tag=1']);
  session.receive(['!done', '.tag=1']);
  await expect(reply).rejects.toMatchObject({ code: 'driver-limit' });
  expect([session.isOpen, isDestroyed()]).toEqual([true, false]);
});

test('bytes count as rows do', async () => {
  const { session } = sessionOn([], { replyLimits: { maxRows: 100, maxBytes: 50 } });
  const reply = session.run({ path: '/x/print' });
  session.receive(['!re', `=comment=${'x'.repeat(60)}`, '.tag=1']);
  session.receive(['!done', '.tag=1']);
  await expect(reply).rejects.toMatchObject({ code: 'driver-limit' });
});

test('commands in flight have a bound', async () => {
  const { session } = sessionOn([]);
  const all = Array.from({ length: MAX_PENDING }, () =>
    session.run({ path: '/x/print' }).catch((error: unknown) => error),
  );
  await expect(session.run({ path: '/x/print' })).rejects.toMatchObject({ code: 'driver-limit', retryable: true });
  session.fail(new AppError('router-closed', 'gone'));
  expect(new Set((await Promise.all(all)).map((error) => error instanceof AppError && error.code))).toEqual(
    new Set(['router-closed']),
  );
});

test('a cancelled command never resolves, even when the router ends it without a trap', async () => {
  const abort = new AbortController();
  const { session } = sessionOn([]);
  const reply = session.run({ path: '/x/print' }, { signal: abort.signal });
  session.receive(['!re', '=.id=*1', '.tag=1']);
  abort.abort();
  session.receive(['!done', '.tag=1']);
  await expect(reply).rejects.toMatchObject({ code: 'aborted' });
});

test('a trap of its own outranks our cancel', async () => {
  const abort = new AbortController();
  const { session } = sessionOn([]);
  const reply = session.run({ path: '/x/add' }, { signal: abort.signal });
  abort.abort();
  session.receive(['!trap', '=message=failure: already have such entry', '.tag=1']);
  session.receive(['!done', '.tag=1']);
  await expect(reply).rejects.toMatchObject({ code: 'router-duplicate' });
});

test('a link that cannot carry a command rejects it alone', async () => {
  const session = new TaggedSession(
    {
      send: () => {
        throw new AppError('driver-limit', 'no');
      },
      forget: () => undefined,
      destroy: () => undefined,
      close: () => Promise.resolve(),
    },
    { commandTimeoutMs: 5_000 },
  );
  await expect(session.run({ path: '/x/add' })).rejects.toMatchObject({ code: 'driver-limit' });
  expect(session.isOpen).toBe(true);
});
