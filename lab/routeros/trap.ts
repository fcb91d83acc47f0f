/** What a command answers instead of working: `!trap` with the router's own text. Categories as in the manual, "API". */
export class Trap extends Error {
  override readonly name = 'Trap';
  readonly category: number | null;

  constructor(message: string, category: number | null = null) {
    super(message);
    this.category = category;
  }
}

/** A feature that device-mode bars, on creating or enabling (RouterOS 7.17, "Device-mode"). */
export const FLAGGED =
  'failure: configuration flagged, check all router configuration and device-mode for unauthorized changes';
