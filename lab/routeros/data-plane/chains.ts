import { defaultsOf } from '../menus.ts';
import type { StoredRow, Table } from '../table.ts';
import { compileRule, type CompiledRule, type Surroundings } from './matchers.ts';
import type { Packet } from './packet.ts';

/** What a chain says of a packet. `accept` without a row: it ran off the end. */
export type Verdict =
  | { readonly kind: 'accept'; readonly row: StoredRow | null }
  | { readonly kind: 'drop'; readonly row: StoredRow }
  | { readonly kind: 'reject'; readonly row: StoredRow; readonly rejectWith: string }
  | { readonly kind: 'redirect' | 'dst-nat'; readonly row: StoredRow }
  | { readonly kind: 'source-nat'; readonly row: StoredRow };

export interface Walk {
  readonly verdict: Verdict;
  readonly isFastTracked: boolean;
  /** Every rule that matched, in order: `/ip/firewall/nat *3 jump (comment)`. */
  readonly trail: readonly string[];
}

/** What rules do beside deciding; none of it happens when a probe only looks. */
export interface SideEffects {
  readonly list: (row: StoredRow, address: string) => void;
  readonly log: (row: StoredRow, packet: Packet) => void;
}

/** Deeper jumps than this go nowhere, as loops must. */
const DEEPEST_JUMP = 16;

/** The chains of one firewall table, compiled as far as rows have not changed. */
export class Chains {
  /** Matchers and actions met that the lab does not know, as `*id name`. */
  readonly unsupported = new Set<string>();
  readonly #table: Table;
  readonly #compiled = new WeakMap<StoredRow, CompiledRule>();
  readonly #chains = new Map<string, CompiledRule[]>();
  #revision = -1;

  constructor(table: Table) {
    this.#table = table;
  }

  walk(chain: string, packet: Packet, around: Surroundings, effects: SideEffects | null): Walk {
    const state: WalkState = { packet, around, effects, trail: [], isFastTracked: false };
    const verdict = this.#run(chain, state, 0) ?? { kind: 'accept', row: null };
    return { verdict, isFastTracked: state.isFastTracked, trail: state.trail };
  }

  /** Null: the chain was left by its end or by `return`. */
  #run(chain: string, state: WalkState, depth: number): Verdict | null {
    for (const rule of this.#rules(chain)) {
      if (!rule.matches(state.packet, state.around, state.effects === null)) continue;
      const step = this.#act(rule.row, state, depth);
      if (step === 'return') return null;
      if (step !== 'next') return step;
    }
    return null;
  }

  #act(row: StoredRow, state: WalkState, depth: number): Verdict | 'next' | 'return' {
    const attributes = { ...defaultsOf(this.#table.menu, row.attributes), ...row.attributes };
    const action = attributes['action'] ?? 'accept';
    state.trail.push(`${this.#table.menu} ${row.id} ${action} (${attributes['comment'] ?? ''})`);
    if (state.effects !== null) {
      this.#table.count(row.id, { packets: 1, bytes: state.packet.bytes });
      if (attributes['log'] === 'true' || action === 'log') state.effects.log(row, state.packet);
    }
    switch (action) {
      case 'accept':
      case 'drop':
        return { kind: action, row };
      case 'tarpit':
        return { kind: 'drop', row };
      case 'reject':
        return { kind: 'reject', row, rejectWith: attributes['reject-with'] ?? '' };
      case 'redirect':
      case 'dst-nat':
        return { kind: action, row };
      case 'masquerade':
      case 'src-nat':
        return { kind: 'source-nat', row };
      case 'jump':
        if (depth >= DEEPEST_JUMP) return 'next';
        return this.#run(attributes['jump-target'] ?? '', state, depth + 1) ?? 'next';
      case 'return':
        return 'return';
      case 'fasttrack-connection':
        state.isFastTracked = true;
        return 'next';
      case 'add-src-to-address-list':
        state.effects?.list(row, state.packet.source);
        return 'next';
      case 'add-dst-to-address-list':
        state.effects?.list(row, state.packet.destination);
        return 'next';
      case 'log':
      case 'passthrough':
        return 'next';
      default:
        this.unsupported.add(`${row.id} action=${action}`);
        return 'next';
    }
  }

  #rules(chain: string): readonly CompiledRule[] {
    if (this.#revision !== this.#table.revision) {
      this.#chains.clear();
      this.#revision = this.#table.revision;
    }
    let rules = this.#chains.get(chain);
    if (rules === undefined) {
      const rows = this.#table.rows().filter(({ attributes }) => attributes['chain'] === chain);
      rules = rows.filter(({ attributes }) => attributes['disabled'] !== 'true').map((row) => this.#compile(row));
      this.#chains.set(chain, rules);
    }
    return rules;
  }

  #compile(row: StoredRow): CompiledRule {
    let rule = this.#compiled.get(row);
    if (rule === undefined) {
      this.#compiled.set(row, (rule = compileRule(row)));
      for (const name of rule.unsupported) this.unsupported.add(`${row.id} ${name}`);
    }
    return rule;
  }
}

interface WalkState {
  readonly packet: Packet;
  readonly around: Surroundings;
  readonly effects: SideEffects | null;
  readonly trail: string[];
  isFastTracked: boolean;
}
