import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ConnectRouter } from '../../ports.ts';
import { errorOf, open, OPTIONS, PASSWORD, scripted, shown, target } from './harness.ts';
import { sentence } from './scripted-router.ts';

/** What every driver must do with the bytes of a router, whatever they are. Cases a driver refuses are named by it. */
export function sessionContract(connect: ConnectRouter): void {
  describe('login', () => {
    test('the new form sends name and password once', async () => {
      const router = await scripted();
      const session = await open(connect, router);
      const login = await router.asked('/login');
      expect(session.isOpen).toBe(true);
      expect([login.attribute('name'), login.attribute('password')]).toEqual(['edge', PASSWORD]);
    });

    test('an answer with a challenge is met with the MD5 response', async () => {
      const challenge = '0123456789abcdef0123456789abcdef';
      const expected = createHash('md5')
        .update(Buffer.concat([Buffer.from([0]), Buffer.from(PASSWORD), Buffer.from(challenge, 'hex')]))
        .digest('hex');
      const responses: (string | undefined)[] = [];
      const router = await scripted({
        login: (asked) => {
          if (asked.attribute('response') === undefined) asked.done(`=ret=${challenge}`);
          else {
            responses.push(asked.attribute('response'));
            asked.done();
          }
        },
      });
      await open(connect, router);
      expect(responses).toEqual([`00${expected}`]);
    });

    test.each(['invalid user name or password (6)', 'cannot log in', 'not enough permissions (9)'])(
      'refused with "%s" is final and shows no secret',
      async (message) => {
        const router = await scripted({
          login: (asked) => {
            asked.say('!trap', `=message=${message} ${PASSWORD}`);
            asked.done();
          },
        });
        const error = await errorOf(connect(target(router.port), OPTIONS));
        expect(error).toMatchObject({ code: 'router-login-refused', retryable: false });
        expect(shown(error)).not.toContain(PASSWORD);
      },
    );

    test.each(['end', 'destroy', 'reset'] as const)('the peer goes away (%s) before it answered', async (how) => {
      const router = await scripted({
        login: (asked) => {
          if (how === 'end') asked.peer.socket.end();
          else if (how === 'destroy') asked.peer.socket.destroy();
          else asked.peer.socket.resetAndDestroy();
        },
      });
      const error = await errorOf(connect(target(router.port), OPTIONS));
      expect(error.code).toBe('router-closed');
      expect(error.remedy).toContain('max-sessions');
    });

    test('the peer goes away right after accepting', async () => {
      const router = await scripted({ onConnection: (peer) => peer.socket.end() });
      expect(await errorOf(connect(target(router.port), OPTIONS))).toMatchObject({ code: 'router-closed' });
    });

    test('a mute peer ends by the deadline, the socket gone', async () => {
      const router = await scripted({ login: () => undefined });
      const error = await errorOf(connect(target(router.port), { ...OPTIONS, connectTimeoutMs: 60 }));
      expect(error.code).toBe('router-timeout');
      await Promise.all([...router.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    });

    test('!fatal in login gives the reason', async () => {
      const router = await scripted({
        login: (asked) => {
          asked.peer.raw(sentence('!fatal', 'too many commands before login'));
          asked.peer.socket.end();
        },
      });
      const error = await errorOf(connect(target(router.port), OPTIONS));
      expect(error.code).toBe('router-fatal');
      expect(error.message).toContain('too many commands before login');
    });

    test('a refused port is unreachable, with a remedy', async () => {
      const router = await scripted();
      await router.stop();
      const error = await errorOf(connect(target(router.port), OPTIONS));
      expect(error.code).toBe('router-unreachable');
      expect(error.remedy).toContain('/ip/service');
    });

    test('a host with several addresses, none of them open, and a port that is none', async () => {
      const router = await scripted();
      await router.stop();
      const refused = await errorOf(connect(target(router.port, { host: 'localhost' }), OPTIONS));
      expect(refused.code).toBe('router-unreachable');
      expect(refused.message).toContain('ECONNREFUSED');
      expect((await errorOf(connect(target(70_000), OPTIONS))).code).toBe('router-unreachable');
    });

    test('an abort while connecting rejects with aborted', async () => {
      const abort = new AbortController();
      const router = await scripted({
        login: () => {
          abort.abort();
        },
      });
      expect(await errorOf(connect(target(router.port), { ...OPTIONS, signal: abort.signal }))).toMatchObject({
        code: 'aborted',
      });
      expect(await errorOf(connect(target(router.port), { ...OPTIONS, signal: abort.signal }))).toMatchObject({
        code: 'aborted',
      });
    });
  });

  describe('a command', () => {
    test('carries attributes, queries in order and its tag, in one sentence', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.done();
        },
      });
      const session = await open(connect, router);
      await session.run({
        path: '/x/print',
        attributes: { '.proplist': '.id,list' },
        queries: ['list=A', 'list=B', '#|'],
      });
      const asked = await router.asked('/x/print');
      expect(asked.words.slice(0, -1)).toEqual(['/x/print', '=.proplist=.id,list', '?list=A', '?list=B', '?#|']);
    });

    test('gives rows and ret, and `=` inside a value stays', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say('!re', '=.id=*1', '=comment=a=b=c', '=empty=');
          asked.say('!re', '=.id=*2');
          asked.done('=ret=*3');
        },
      });
      const session = await open(connect, router);
      const { rows, ret } = await session.run({ path: '/x/print' });
      expect(rows.map((row) => [...row])).toEqual([
        [
          ['.id', '*1'],
          ['comment', 'a=b=c'],
          ['empty', ''],
        ],
        [['.id', '*2']],
      ]);
      expect(ret).toBe('*3');
    });

    test('without rows answers !empty and !done', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say('!empty');
          asked.done();
        },
      });
      const session = await open(connect, router);
      expect(await session.run({ path: '/x/print' })).toEqual({ rows: [], ret: null });
    });

    test('ignores and counts reply words nobody defined', async () => {
      const words: string[] = [];
      const router = await scripted({
        script: (asked) => {
          asked.say('!news', '=a=b');
          asked.say('!re', '=.id=*1');
          asked.peer.raw(sentence('!untagged', '=a=b'));
          asked.peer.raw(sentence('!re', '=a=b'));
          asked.done();
        },
      });
      const session = await open(connect, router, { onUnknownWord: (word) => words.push(word) });
      const { rows } = await session.run({ path: '/x/print' });
      expect(rows).toHaveLength(1);
      expect(words).toEqual(['!news', '!untagged']);
    });

    test('a trap rejects only with its !done, with category, command and the text', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say('!trap', '=category=1', '=message=input does not match any value of action');
          if (asked.path === '/x/add') return;
          asked.done();
        },
      });
      const session = await open(connect, router);
      const early = session.run({ path: '/x/add', attributes: { action: 'redirect' } });
      const late = session.run({ path: '/y/add', attributes: { action: 'redirect' } });
      const first = await Promise.race([errorOf(early), errorOf(late)]);
      expect(first).toMatchObject({
        code: 'router-trap',
        category: 1,
        command: '/y/add',
        trapMessage: 'input does not match any value of action',
      });
      (await router.asked('/x/add')).done();
      expect(await errorOf(early)).toMatchObject({ command: '/x/add' });
    });

    test('a duplicate and a missing row are told apart from failures', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.say(
            '!trap',
            `=message=${asked.path === '/x/add' ? 'failure: already have such entry' : 'no such item (4)'}`,
          );
          asked.done();
        },
      });
      const session = await open(connect, router);
      const [added, removed] = await Promise.all([
        errorOf(session.run({ path: '/x/add' })),
        errorOf(session.run({ path: '/x/remove' })),
      ]);
      expect([added.code, removed.code]).toEqual(['router-duplicate', 'router-no-such-item']);
    });

    test('values of ours are blotted out of a trap', async () => {
      const url = 'https://example.net/aviso/?token=s3cr3t';
      const router = await scripted({
        script: (asked) => {
          asked.say('!trap', `=message=bad value ${url}`);
          asked.done();
        },
      });
      const session = await open(connect, router);
      const error = await errorOf(session.run({ path: '/x/add', attributes: { 'action-data': url } }));
      expect(shown(error)).not.toContain('s3cr3t');
      expect(error.message).toContain('bad value');
    });

    test('every byte value survives reading', async () => {
      const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
      const router = await scripted({
        script: (asked) => {
          asked.say('!re', `=comment=${bytes}\x1aA`);
          asked.done();
        },
      });
      const session = await open(connect, router);
      const { rows } = await session.run({ path: '/x/print' });
      expect(rows[0]?.get('comment')).toBe(`${bytes}\x1aA`);
    });

    test('a character above U+00FF is refused and the session goes on', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.done();
        },
      });
      const session = await open(connect, router);
      expect(await errorOf(session.run({ path: '/x/add', attributes: { comment: 'Ł' } }))).toMatchObject({
        code: 'driver-limit',
        retryable: false,
      });
      await session.run({ path: '/x/print' });
      expect(router.received()).not.toContain('/x/add');
    });

    test('late replies of a finished command are nobody’s', async () => {
      const router = await scripted({
        script: (asked) => {
          asked.done();
          asked.say('!re', '=.id=*9');
          asked.done();
        },
      });
      const session = await open(connect, router);
      expect(await session.run({ path: '/x/print' })).toEqual({ rows: [], ret: null });
      expect(await session.run({ path: '/y/print' })).toEqual({ rows: [], ret: null });
    });
  });
}
