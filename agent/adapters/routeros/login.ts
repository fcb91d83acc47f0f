import { createHash } from 'node:crypto';
import { AppError } from '../../../schemas/app-error.ts';
import type { Command, RouterTarget } from '../../ports.ts';
import { connectTimedOut, endedInLogin, routerName } from './socket-errors.ts';
import type { TaggedSession } from './session.ts';
import type { Delay } from './transport.ts';
import { RouterTrap } from './traps.ts';

/**
 * Logs in within `timeoutMs`: one sentence with the password since RouterOS 6.43; a router that answers it with `=ret=`
 * wants the older form, MD5 over 0x00, password and challenge (MikroTik manual "API", "Initial login"). The bytes of a
 * password that is no ASCII are sent as UTF-8; RouterOS compares bytes, so one typed into WinBox may differ.
 */
export async function logIn(
  session: TaggedSession,
  target: RouterTarget,
  timeoutMs: number,
  after: Delay,
): Promise<void> {
  // Its own deadline, not the command's: before login there is nothing to cancel, only a connection to give up.
  const disarm = after(timeoutMs, () => {
    session.fail(connectTimedOut(target, 'login', timeoutMs));
  });
  const send = (command: Command): Promise<{ readonly ret: string | null }> =>
    session.run(command, { timeoutMs: timeoutMs * 2 + 1000 });
  try {
    const name = utf8Bytes(target.user);
    const first = await send({ path: '/login', attributes: { name, password: utf8Bytes(target.password.reveal()) } });
    if (first.ret === null) return;
    const response = challengeResponse(target, first.ret);
    await send({ path: '/login', attributes: { name, response } });
  } catch (error) {
    const refusal = loginError(error, target);
    session.fail(refusal);
    throw refusal;
  } finally {
    disarm();
  }
}

function challengeResponse(target: RouterTarget, challenge: string): string {
  if (!/^[0-9a-f]{32}$/i.test(challenge)) {
    throw new AppError('router-protocol', `${routerName(target)} gave a login challenge that is none`);
  }
  const digest = createHash('md5')
    .update(Buffer.from([0]))
    .update(target.password.reveal(), 'utf8')
    .update(Buffer.from(challenge, 'hex'))
    .digest('hex');
  return `00${digest}`;
}

/** The router's own words on a refused login are kept out: it may repeat what it was given (I9). */
function loginError(error: unknown, target: RouterTarget): AppError {
  if (error instanceof RouterTrap) {
    const isFinal = error.code === 'router-login-refused' || error.code === 'router-not-permitted';
    const why = isFinal ? 'wrong user or password, or no api policy' : 'the router gave no reason that we know';
    return new AppError('router-login-refused', `${routerName(target)} refused the login: ${why}`, {
      retryable: !isFinal,
      remedy:
        "Check user and password in the config and in /user on the router, the user's address=, and that its group has " +
        `the policies api, read and write. A lost password: /user set [find name=${target.user}] password=… on the router.`,
    });
  }
  if (error instanceof AppError) return error.code === 'router-closed' ? endedInLogin(target, error) : error;
  return new AppError('internal', 'Login failed unexpectedly', { cause: error });
}

function utf8Bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
