import { PHONE_DHCP, PHONES_NETWORK } from '../../agent/test/worker/wild-router.ts';
import type { RouterWatch } from './router-watch.ts';
import type { World } from './world.ts';

const SET = 'wisp-edge-phones';
const OPTIONS = PHONE_DHCP.options.map((code) => `${SET}-${code} ${code} '${PHONE_DHCP.url}'`);
const MEMBERS = PHONE_DHCP.options.map((code) => `${SET}-${code}`);

/** What the router's DHCP server tells phones at rest: all of it where it is to, and nothing of ours elsewhere (I3, I7). */
export async function checkPhones(world: World, { id, lab }: RouterWatch): Promise<void> {
  const options = lab.table('/ip/dhcp-server/option').rows();
  const sets = lab.table('/ip/dhcp-server/option/sets').rows();
  const networks = lab.table('/ip/dhcp-server/network').rows();
  const made = options
    .filter(({ name = '' }) => name.startsWith(`${SET}-`))
    .map(({ name = '', code = '', value = '' }) => `${name} ${code} ${value}`);
  const [set] = sets.filter(({ name }) => name === SET);
  const named = networks.filter((row) => row['dhcp-option-set'] === SET).map(({ address = '' }) => address);
  if (world.setup.routers.find((router) => router.id === id)?.phones !== true) {
    if (made.length + named.length > 0 || set !== undefined) world.complain('I3', `${id} tells phones, and is not to`);
    return;
  }
  const strange = named.filter((address) => address !== PHONES_NETWORK);
  if (strange.length > 0) world.complain('I3', `${id}: ${strange.join(', ')} has our options, and nobody named it`);
  // A router that did not take one of them is not asked again for an hour.
  const plan = await world.store.routerPlan(id);
  if (plan?.findings.some(({ code }) => code === 'phone-dhcp-refused') === true) return;
  if (made.sort().join() !== [...OPTIONS].sort().join())
    world.complain('I7', `${id}: its options for phones are ${made.join(', ')}`);
  if ((set?.['options'] ?? '').split(',').sort().join() !== [...MEMBERS].sort().join())
    world.complain('I7', `${id}: its set for phones has ${set?.['options'] ?? 'nothing, for there is none'}`);
  const phones = networks.find(({ address }) => address === PHONES_NETWORK);
  const isFree = phones !== undefined && `${phones['dhcp-option'] ?? ''}${phones['dhcp-option-set'] ?? ''}` === '';
  if (isFree) world.complain('I7', `${id}: ${PHONES_NETWORK} tells phones nothing, and nothing stands in the way`);
}
