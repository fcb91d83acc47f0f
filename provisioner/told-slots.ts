import { setImmediate } from 'node:timers/promises';
import type { ProvisionerStore, ServedPhone, ToldSlots } from '../store/phone-ports.ts';
import { changedSlots } from './core/line-slots.ts';
import { toldSlotsOf } from './phone-lines.ts';

/** Others have their turn after so long. */
const SLICE_MS = 5;

/**
 * The same phones with the slots that their files tell, which are on record when this resolves: no file may say what would
 * be forgotten. A phone that has no provisioning URL can be told nothing, so that its lines may still be put in any order.
 * What is as it was told is not written (I5). Rejects with what the store rejects with: nothing is told then.
 */
export async function settleSlots(
  store: Pick<ProvisionerStore, 'recordToldSlots'>,
  phones: readonly ServedPhone[],
): Promise<readonly ServedPhone[]> {
  const changed: ToldSlots[] = [];
  const settled: ServedPhone[] = [];
  let since = performance.now();
  for (const phone of phones) {
    const { mac, revision } = phone;
    const isTold = phone.tokens.some(({ kind }) => kind === 'provisioning');
    const slots = isTold ? toldSlotsOf(phone) : phone.slots;
    const otherwise = changedSlots(phone.slots, slots);
    if (otherwise.length > 0) changed.push({ mac, revision, slots: otherwise });
    settled.push(otherwise.length > 0 ? { ...phone, slots } : phone);
    if (performance.now() - since < SLICE_MS) continue;
    await setImmediate();
    since = performance.now();
  }
  if (changed.length > 0) await store.recordToldSlots(changed);
  return settled;
}
