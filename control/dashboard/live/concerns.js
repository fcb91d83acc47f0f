/** @import { Event } from '../../../schemas/event.ts' */

/**
 * What has to be read again because of an event, as topics: `site`, `routers`, or one document such as `router/r0`. An
 * event about a subscriber does not say on which router: the list of routers is one read.
 *
 * @param {Pick<Event, 'type' | 'subject'>} event
 * @returns {readonly string[]}
 */
export function concernsOf({ type, subject }) {
  const noun = subject.split('/', 1)[0] ?? '';
  switch (noun) {
    case 'router':
      return [subject, 'site'];
    case 'phone':
    case 'extension':
    case 'rotation':
      return [subject];
    default:
      return type.startsWith('operation.') || type === 'desired-state.changed' ? ['routers', 'site'] : ['site'];
  }
}
