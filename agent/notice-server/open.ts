import type { AgentConfig } from '../../schemas/config/agent.ts';
import { portalOf, settingsOf } from '../from-config.ts';
import type { Clock } from '../ports.ts';
import type { NoticeServer } from './desk.ts';
import { storedPages } from './from-store.ts';

/** The book is whole before the page server opens: what the routers lead here meets its page from the first moment. */
export async function openNotices(
  notices: NoticeServer,
  config: AgentConfig,
  store: Parameters<typeof storedPages>[2],
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const { server } = config.notices;
  const ids = new Set(config.routers.map(({ id }) => id));
  // Without a server the pages stay for as long as routers lead to where it was.
  const isOver = server === undefined && !notices.isOpen;
  for (const id of notices.book.routers) if (isOver || !ids.has(id)) notices.forget(id);
  if (server !== undefined) {
    for (const router of config.routers) {
      if (notices.book.routers.includes(router.id)) continue;
      const settings = settingsOf(config, router);
      notices.publish(router.id, await storedPages(settings, portalOf(config), store, clock.now()));
    }
  }
  await notices.listen(server === undefined ? null : { ...server.listen, address: server.address });
}
