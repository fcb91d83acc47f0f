import type { Route } from '../http/route.ts';
import { comodatoRoutes } from './comodato.ts';
import { cutoffRoutes } from './cutoff.ts';
import { desiredStateRoutes } from './desired-state.ts';
import { extensionRoutes } from './extensions.ts';
import { journalRoutes } from './journal.ts';
import { noticeRoutes } from './notices.ts';
import { operationRoutes } from './operations.ts';
import { phoneRoutes } from './phones.ts';
import { planillaRoutes } from './planillas.ts';
import { portalRoutes } from './portal.ts';
import { rotationRoutes } from './rotations.ts';
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
  // Before the phones: `import` is no MAC address.
  ...planillaRoutes,
  ...comodatoRoutes,
  ...phoneRoutes,
  ...extensionRoutes,
  ...rotationRoutes,
  ...operationRoutes,
  ...journalRoutes,
];
