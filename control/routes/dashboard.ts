import { fileURLToPath } from 'node:url';
import { readPages, type Page } from '../http/pages.ts';

/** The dashboard's files; a broken installation without them fails here, at the start. */
export function dashboardPages(): readonly Page[] {
  return readPages(fileURLToPath(new URL('../dashboard/', import.meta.url)), '/dashboard/');
}
