import type { AgentConfig } from '../../schemas/config/agent.ts';
import { portalOf, settingsOf } from '../from-config.ts';
import type { Clock } from '../ports.ts';
import type { NoticeServer } from './desk.ts';
import { fillBook } from './from-store.ts';

/** The book is whole before the page server opens: what the routers lead here meets its page from the first moment. */
export async function openNotices(
  notices: NoticeServer,
  config: AgentConfig,
  store: Parameters<typeof fillBook>[3],
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const { server } = config.notices;
  const ids = new Set(config.routers.map(({ id }) => id));
  for (const id of notices.book.routers) if (!ids.has(id)) notices.forget(id);
  // Without a server the pages stay for as long as routers lead to where it was.
  const isWanted = server !== undefined || notices.isOpen;
  const settings = isWanted ? config.routers.map((router) => settingsOf(config, router, [])) : [];
  await fillBook(notices.book, settings, portalOf(config), store, clock.now());
  await notices.listen(server === undefined ? null : { ...server.listen, address: server.address });
}
