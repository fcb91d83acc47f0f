import type { Api } from '../live/api.js';
import type { Shown } from '../live/model.js';
import type { Words } from '../texts/en.js';
import type { Language } from '../texts/words.js';

/** What every view is given. */
export interface Context {
  readonly api: Api;
  readonly language: Language;
  readonly words: Words;
  /** The server's time, ms: times on the page are its, not the browser's. */
  readonly now: () => number;
  /** The token that is signed in may release and claim. */
  readonly mayAct: () => boolean;
}

/** A view keeps its element and brings it to what is shown now. */
export interface View {
  readonly element: HTMLElement;
  readonly update: (shown: Shown) => void;
}
