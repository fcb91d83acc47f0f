import { canonicalJson } from '../../schemas/canonical-json.ts';

/** The canonical text of a snapshot around its rows, so that a hash can run over rows as they pass. */
export function snapshotFrame(head: {
  readonly generation: number;
  readonly takenAt: string;
  readonly expectedCuts?: number;
}): { readonly before: string; readonly after: string } {
  const cuts = head.expectedCuts === undefined ? '' : `"expectedCuts":${String(head.expectedCuts)},`;
  return {
    before: `{${cuts}"generation":${String(head.generation)},"subscribers":[`,
    after: `],"takenAt":${canonicalJson(head.takenAt)}}`,
  };
}
