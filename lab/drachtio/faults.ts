/** What goes wrong with one `sip` request of an application. */
export type DoubleFault =
  /** `NOK|reason`, nothing is sent. */
  | { readonly kind: 'nok'; readonly reason: string }
  /** Nothing is sent; the server answers by itself: 408 or 503, with an empty address, port 0 and 0 bytes. */
  | { readonly kind: 'local'; readonly status: 408 | 503; readonly reason?: string }
  /** The link drops after the `response…OK` frame, before the answer's. */
  | { readonly kind: 'cut-between' }
  /** The link drops before the `response…OK` frame; the request was sent. */
  | { readonly kind: 'cut-before' }
  /** The answer's frame comes that much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** The server takes it and says no word. */
  | { readonly kind: 'silent' };

export interface DoubleTrigger {
  readonly method?: string;
  /** 1 = the next that fits. */
  readonly nth?: number;
  /** Default 1; Infinity for ever. */
  readonly times?: number;
}

interface Armed {
  readonly trigger: DoubleTrigger;
  readonly fault: DoubleFault;
  seen: number;
  fired: number;
}

/** The fault script of one double. */
export class DoubleFaults {
  readonly #armed = new Set<Armed>();

  arm(trigger: DoubleTrigger, fault: DoubleFault): { readonly fired: number; disarm(): void } {
    const armed: Armed = { trigger, fault, seen: 0, fired: 0 };
    this.#armed.add(armed);
    return {
      get fired() {
        return armed.fired;
      },
      disarm: () => this.#armed.delete(armed),
    };
  }

  clear(): void {
    this.#armed.clear();
  }

  take(method: string): DoubleFault | null {
    for (const armed of this.#armed) {
      if (armed.trigger.method !== undefined && armed.trigger.method !== method) continue;
      armed.seen += 1;
      if (armed.seen < (armed.trigger.nth ?? 1)) continue;
      armed.fired += 1;
      if (armed.fired >= (armed.trigger.times ?? 1)) this.#armed.delete(armed);
      return armed.fault;
    }
    return null;
  }
}
