import { replySentence, type Session } from './session.ts';
import type { Request } from './request.ts';
import type { RouterState } from './state.ts';
import { Trap } from './trap.ts';
import { challengeResponse, mayLogIn, newChallenge } from './users.ts';

/** `plain` since 6.43; `challenge` is the older form, which newer clients are expected to fall back to. */
export type LoginForm = 'plain' | 'challenge';

/** Answers `/login` (RouterOS manual, "API", "Initial login") and says whether the session is now somebody's. */
export function logIn(
  state: RouterState,
  session: Session,
  request: Request,
  form: LoginForm,
  random: () => number,
): string {
  const name = request.attributes.get('name') ?? '';
  const response = request.attributes.get('response');
  if (form === 'challenge' && response === undefined) {
    session.challenge = newChallenge(random);
    return replySentence('!done', request.tag, [['ret', session.challenge]]);
  }
  const { challenge } = session;
  session.challenge = null;
  const isRight = (password: string): boolean =>
    form === 'plain'
      ? request.attributes.get('password') === password
      : challenge !== null && response === challengeResponse(password, challenge);
  if (!mayLogIn(state, name, isRight, session.from)) {
    throw new Trap(
      state.dialect.major === 6 && form === 'challenge' ? 'cannot log in' : 'invalid user name or password (6)',
    );
  }
  session.user = name;
  session.loggedInAt = state.clock.wall();
  state.lastLogins.set(name, state.clock.wall());
  return replySentence('!done', request.tag, []);
}
