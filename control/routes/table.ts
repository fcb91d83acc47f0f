import type { Route } from '../http/route.ts';
import { cutoffRoutes } from './cutoff.ts';
import { desiredStateRoutes } from './desired-state.ts';
import { journalRoutes } from './journal.ts';
import { noticeRoutes } from './notices.ts';
import { operationRoutes } from './operations.ts';
import { portalRoutes } from './portal.ts';
import { routerRoutes } from './routers.ts';
import { siteRoutes } from './site.ts';
import { subscriberRoutes } from './subscribers.ts';

/** Every route there is: what the server registers, OpenAPI prints and `Allow` names. */
export const ROUTES: readonly Route[] = [
  ...siteRoutes,
  ...subscriberRoutes,
  ...cutoffRoutes,
  ...noticeRoutes,
  ...desiredStateRoutes,
  ...portalRoutes,
  ...routerRoutes,
  ...operationRoutes,
  ...journalRoutes,
];
