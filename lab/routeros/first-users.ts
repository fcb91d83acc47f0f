import type { LabRouterOptions } from './lab-router.ts';
import { POLICIES, tableOf, type RouterState } from './state.ts';

/** The groups, users and session limit a router starts with. */
export function addUsers(state: RouterState, options: LabRouterOptions): void {
  for (const [name, allowed] of Object.entries(options.groups ?? {})) {
    const policy = POLICIES.map((word) => (allowed.includes(word) ? word : `!${word}`)).join(',');
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
