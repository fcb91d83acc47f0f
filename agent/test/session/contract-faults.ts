import { describe, expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import type { ConnectRouter } from '../../ports.ts';
import { errorOf, open, scripted } from './harness.ts';
import { sentence, type Asked } from './scripted-router.ts';

/** Streams cut anywhere, commands that hang, routers that vanish: everything settles and nothing is wrong in silence. */
export function faultContract(connect: ConnectRouter): void {
  describe('however the bytes are cut', () => {
    test('1-byte chunks', async () => {
      const router = await scripted({
        script: (asked) => {
          const bytes = Buffer.concat([
            ...[1, 2, 3].map((n) => sentence('!re', `=.id=*${n}`, `=long=${'x'.repeat(n * 130)}`, `.tag=${asked.tag}`)),
            sentence('!done', `.tag=${asked.tag}`),
          ]);
          inSegments(asked, bytes, 1);
        },
      });
      const session = await open(connect, router);
      const { rows } = await session.run({ path: '/x/print' });
      expect(rows.map((row) => [row.get('.id'), row.get('long')?.length])).toEqual([
        ['*1', 130],
        ['*2', 260],
        ['*3', 390],
      ]);
    });

    test('3000 rows in segments of 1448 bytes', async () => {
      const router = await scripted({
        script: (asked) => {
          const rows = Array.from({ length: 3000 }, (_, n) =>
            sentence('!re', `.tag=${asked.tag}`, `=.id=*${n}`, '=list=Moroso', `=comment=${'c'.repeat(n % 300)}`),
          );
          inSegments(asked, Buffer.concat([...rows, sentence('!done', `.tag=${asked.tag}`)]), 1448);
        },
      });
      const session = await open(connect, router);
      const { rows } = await session.run({ path: '/x/print' });
      expect(rows).toHaveLength(3000);
      const wrong = rows.filter((row, n) => row.get('.id') !== `*${n}` || row.get('comment')?.length !== n % 300);
      expect(wrong).toEqual([]);
    });

    test('the last 0x00 comes in a segment of its own', async () => {
      const router = await scripted({
        script: (asked) => {
          const bytes = Buffer.concat([
            sentence('!re', '=a=b', `.tag=${asked.tag}`),
            sentence('!done', `.tag=${asked.tag}`),
          ]);
          asked.peer.socket.write(bytes.subarray(0, -1), () => {
            asked.peer.raw(bytes.subarray(-1));
          });
        },
      });
      const session = await open(connect, router);
      expect((await session.run({ path: '/x/print' })).rows).toHaveLength(1);
    });

    test('replies of many commands interleaved', async () => {
      const asks: Asked[] = [];
      const router = await scripted({
        script: (asked) => {
          asks.push(asked);
          if (asks.length < 64) return;
          for (const round of [0, 1]) for (const each of asks) each.say('!re', `=path=${each.path}`, `=round=${round}`);
          for (const each of asks.toReversed()) each.done();
        },
      });
      const session = await open(connect, router);
      const paths = Array.from({ length: 64 }, (_, n) => `/menu${n}/print`);
      const replies = await Promise.all(paths.map((path) => session.run({ path })));
      expect(replies.map(({ rows }) => rows.map((row) => row.get('path')))).toEqual(paths.map((path) => [path, path]));
    });
  });

  describe('the connection ends under commands in flight', () => {
    const endings: readonly (readonly [string, (asked: Asked) => void, string])[] = [
      [
        'FIN in mid-reply',
        (asked) => asked.peer.socket.end(sentence('!re', '=a=b', `.tag=${asked.tag}`)),
        'router-closed',
      ],
      ['FIN in mid-sentence', (asked) => asked.peer.socket.end(Buffer.from('\x03!re\x05=a')), 'router-closed'],
      [
        'RST in mid-sentence',
        (asked) => {
          asked.peer.socket.write(Buffer.from('\x03!re\x05=a'), () => asked.peer.socket.resetAndDestroy());
        },
        'router-closed',
      ],
      [
        '!fatal',
        (asked) => {
          asked.peer.raw(sentence('!fatal', 'session terminated on request'));
          asked.peer.socket.end();
        },
        'router-fatal',
      ],
      [
        '!fatal and no FIN',
        (asked) => {
          asked.peer.raw(sentence('!fatal', 'bye'));
        },
        'router-fatal',
      ],
      [
        'a control byte',
        (asked) => {
          asked.peer.raw(Buffer.from([0xf8]));
        },
        'router-protocol',
      ],
      [
        'a length of 4 GB',
        (asked) => {
          asked.peer.raw(Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff]));
        },
        'router-protocol',
      ],
      [
        'a web server answering',
        (asked) => {
          asked.peer.raw(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
        },
        'any',
      ],
    ];
    test.each(endings)('%s: all reject, the session says why', async (_name, ending, code) => {
      const router = await scripted({
        script: (asked) => {
          if (asked.path === '/last/print') ending(asked);
        },
      });
      const session = await open(connect, router, { commandTimeoutMs: code === 'any' ? 60 : 5_000 });
      const pending = ['/x/print', '/y/add', '/last/print'].map((path) => errorOf(session.run({ path })));
      const errors = await Promise.all(pending);
      const reason = await session.closed;
      if (code !== 'any') expect([...errors, reason].map((error) => error.code)).toEqual(Array(4).fill(code));
      expect(session.isOpen).toBe(false);
      expect(await errorOf(session.run({ path: '/x/print' }))).toMatchObject({ code: 'router-closed' });
    });
  });

  describe('deadlines and aborts', () => {
    test('a slow command is cancelled and only it is lost', async () => {
      const asks = new Map<string, Asked>();
      const router = await scripted({
        script: (asked) => {
          asks.set(asked.tag, asked);
          if (asked.path === '/slow/print') asked.say('!re', '=a=part');
          if (asked.path === '/cancel') {
            const cancelled = asks.get(asked.attribute('tag') ?? '');
            cancelled?.say('!trap', '=category=2', '=message=interrupted');
            cancelled?.done();
            asked.done();
          }
        },
      });
      const session = await open(connect, router);
      const other = session.run({ path: '/other/print' });
      expect(await errorOf(session.run({ path: '/slow/print' }, { timeoutMs: 40 }))).toMatchObject({
        code: 'router-timeout',
      });
      (await router.asked('/other/print')).done();
      expect(await other).toEqual({ rows: [], ret: null });
      expect(session.isOpen).toBe(true);
    });

    test('a mute router loses the session: the slow command timed out, the others are closed', async () => {
      const router = await scripted();
      const session = await open(connect, router);
      const other = errorOf(session.run({ path: '/other/print' }));
      const slow = errorOf(session.run({ path: '/slow/print' }, { timeoutMs: 40 }));
      expect((await slow).code).toBe('router-timeout');
      expect((await other).code).toBe('router-closed');
      expect((await session.closed).code).toBe('router-closed');
    });

    test('an abort cancels; one before the command sends nothing', async () => {
      const abort = new AbortController();
      const router = await scripted({
        script: (asked) => {
          if (asked.path === '/slow/print') abort.abort();
          if (asked.path !== '/cancel') return;
          asked.peer.raw(sentence('!trap', '=message=interrupted', `.tag=${asked.attribute('tag') ?? ''}`));
          asked.peer.raw(sentence('!done', `.tag=${asked.attribute('tag') ?? ''}`));
          asked.done();
        },
      });
      const session = await open(connect, router);
      const options = { signal: abort.signal };
      expect(await errorOf(session.run({ path: '/slow/print' }, options))).toMatchObject({ code: 'aborted' });
      expect(await errorOf(session.run({ path: '/never/print' }, options))).toMatchObject({ code: 'aborted' });
      expect(router.received()).not.toContain('/never');
      expect(session.isOpen).toBe(true);
    });

    test('close rejects what is pending and says aborted, once and again', async () => {
      const router = await scripted();
      const session = await open(connect, router);
      const pending = errorOf(session.run({ path: '/x/print' }));
      await session.close();
      await session.close();
      expect((await pending).code).toBe('aborted');
      expect((await session.closed).code).toBe('aborted');
      expect(await errorOf(session.run({ path: '/x/print' }))).toMatchObject({ code: 'aborted' });
    });

    test('the signal of the options ends an open session', async () => {
      const abort = new AbortController();
      const router = await scripted();
      const session = await open(connect, router, { signal: abort.signal });
      abort.abort();
      expect((await session.closed).code).toBe('aborted');
    });
  });

  describe('listen', () => {
    test('gives rows until stopped', async () => {
      const rows: string[] = [];
      let onSecond: () => void = () => undefined;
      const second = new Promise<void>((resolve) => (onSecond = resolve));
      const router = await scripted({
        script: (asked) => {
          if (asked.path === '/x/listen') {
            asked.say('!re', '=.id=*1');
            asked.say('!re', '=.id=*2', '=.dead=yes');
          }
          if (asked.path !== '/cancel') return;
          asked.peer.raw(sentence('!trap', '=message=interrupted', `.tag=${asked.attribute('tag') ?? ''}`));
          asked.peer.raw(sentence('!done', `.tag=${asked.attribute('tag') ?? ''}`));
          asked.done();
        },
      });
      const session = await open(connect, router);
      const listening = await session.listen('/x', (row) => {
        rows.push([...row].flat().join(' '));
        if (rows.length === 2) onSecond();
      });
      await second;
      await listening.stop();
      await listening.stop();
      expect(rows).toEqual(['.id *1', '.id *2 .dead yes']);
      expect(session.isOpen).toBe(true);
    });

    test('a refused menu and a lost session end it without a sound', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say('!trap', '=message=no such command');
          asked.done();
        },
      });
      const session = await open(connect, router);
      const listening = await session.listen('/x', () => undefined);
      await listening.stop();
      await session.close();
      expect(await errorOf(session.listen('/x', () => undefined))).toMatchObject({ code: 'aborted' });
    });

    test('a listener that throws ends the session, not the process', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say('!re', '=.id=*1');
        },
      });
      const session = await open(connect, router);
      await session.listen('/x', () => {
        throw new AppError('internal', 'a bug');
      });
      expect((await session.closed).code).toBe('internal');
    });
  });
}

/** Writes `bytes` in pieces, each flushed to the kernel before the next. */
function inSegments(asked: Asked, bytes: Buffer, size: number): void {
  const { socket } = asked.peer;
  socket.setNoDelay(true);
  const next = (at: number): void => {
    if (at >= bytes.length) return;
    socket.write(bytes.subarray(at, at + size), () => {
      setImmediate(() => {
        next(at + size);
      });
    });
  };
  next(0);
}
