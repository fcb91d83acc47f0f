import type { LabRouterOptions } from './lab-router.ts';
import { policyText, tableOf, type RouterState } from './state.ts';

/** The groups, users and session limit a router starts with. */
export function addUsers(state: RouterState, options: LabRouterOptions): void {
  for (const [name, allowed] of Object.entries(options.groups ?? {})) {
    const policy = policyText(state.dialect, allowed);
    tableOf(state, '/user/group').insert({ attributes: { name, policy, skin: 'default' } });
  }
  for (const { name, password, group } of options.users ?? [{ name: 'edge', password: 'edge' }]) {
    tableOf(state, '/user').insert({ attributes: { name, group: group ?? 'full', address: '' } });
    state.passwords.set(name, password);
  }
  if (options.maxSessions === undefined) return;
  const table = tableOf(state, '/ip/service');
  for (const row of table.rows()) {
    table.replace(row.id, { attributes: { ...row.attributes, 'max-sessions': String(options.maxSessions) } });
  }
}

/** A signed certificate under this name, which api-ssl shows. */
export function useCertificate(state: RouterState, name: string): void {
  const fingerprint = state.fingerprint ?? '';
  tableOf(state, '/certificate').insert({ attributes: { name, 'common-name': name, fingerprint } });
  const services = tableOf(state, '/ip/service');
  const row = services.rows().find(({ attributes }) => attributes['name'] === 'api-ssl');
  if (row !== undefined) services.replace(row.id, { attributes: { ...row.attributes, certificate: name } });
}
