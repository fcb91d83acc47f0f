import { HARMS, RULE_COUNT, type Mischief } from '../../agent/test/worker/wild-router.ts';
import type { Fault, FaultTrigger } from '../../lab/routeros/faults.ts';
import { FAULT_KINDS } from './actions.ts';
import type { Draw } from './draw.ts';
import type { Model } from './model.ts';

const COMMENTS = [undefined, 'WispHub', 'wisp-edge:other:s1', 'x wisp-edge:cutoff:s1', 'se\xf1al'] as const;

/** What a person or another program does to a router. */
export function drawMischief(draw: Draw, model: Model): Mischief {
  switch (draw.weighted({ harm: 5, list: 3, rule: 2, proxy: 1 })) {
    case 'harm':
      return { do: 'harm', harm: draw.one(HARMS), pick: draw.whole(0, 999) };
    case 'list':
      return {
        do: 'list',
        list: draw.one(['Moroso', 'Moroso', 'Aviso', 'server_wisphub', 'Otra']),
        address: drawListAddress(draw, model),
        comment: draw.one(COMMENTS),
        flag: draw.one(['none', 'none', 'disabled', 'dynamic']),
      };
    case 'rule':
      return {
        do: 'rule',
        rule: draw.whole(0, RULE_COUNT - 1),
        comment: draw.one(COMMENTS),
        disabled: draw.chance(0.2),
        onTop: draw.chance(0.5),
      };
    case 'proxy':
      return { do: 'proxy', enabled: draw.chance(0.5), port: draw.one(['8080', '999', '8080,999', '3128,8080']) };
  }
}

function drawListAddress(draw: Draw, model: Model): string {
  const known = [...model.wanted.values()].flatMap(({ addresses }) => addresses.filter((text) => !text.includes(':')));
  const others = [
    '100.64.200.7',
    '100.64.201.0/24',
    '100.64.2.0/28',
    '100.64.1.20-100.64.1.22',
    '198.51.100.10',
  ] as const;
  return draw.chance(0.6) ? (draw.any(known) ?? others[0]) : draw.one(others);
}

export function drawFault(draw: Draw): { readonly trigger: FaultTrigger; readonly fault: Fault } {
  const kind = draw.one(FAULT_KINDS);
  const trigger = {
    nth: draw.whole(1, 30),
    times: draw.one([1, 1, 1, 2, 3]),
    ...(draw.chance(0.5) ? { isWrite: true } : {}),
  };
  return { trigger, fault: faultOf(draw, kind) };
}

function faultOf(draw: Draw, kind: (typeof FAULT_KINDS)[number]): Fault {
  switch (kind) {
    case 'latency':
      return { kind, ms: draw.one([20, 300, 900, 2500]) };
    case 'reset':
    case 'close':
      return { kind, when: draw.one(['before', 'after', 'mid-reply']) };
    case 'hang':
      return { kind, isDone: draw.chance(0.5) };
    case 'trap':
      return { kind, message: 'failure: the lab says no' };
    case 'reboot':
      return { kind, when: draw.one(['before', 'after']), downMs: draw.one([0, 2000, 20_000]) };
    case 'half-sentence':
    case 'one-byte-chunks':
    case 'stuck':
    case 'fatal':
    case 'unknown-word':
    case 'duplicate-reply':
      return { kind };
  }
}
