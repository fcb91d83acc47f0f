import type { RotationDocument, RotationEvidence, RotationExtension } from '../schemas/rotation.ts';
import type { Invocation } from './invocation.ts';
import { fields, table } from './table.ts';
import { timeOf } from './times.ts';

/** One rotation, whole: what became of each extension, and what was seen on the way. */
export function rotationLines({ messages }: Invocation, rotation: RotationDocument): readonly string[] {
  const { columns, words, ends } = messages.phones;
  return [
    ...fields([
      [columns.rotation, rotation.id],
      [columns.reason, rotation.reason],
      [columns.created, timeOf(rotation.createdAt) ?? ''],
      [columns.state, rotation.end === null ? words.open : ends[rotation.end]],
    ]),
    ...rotation.extensions.flatMap((extension) => [
      headOf(messages.phones, extension),
      ...extension.evidence.map((one) => `  ${evidenceLine(one)}`),
    ]),
  ];
}

/** Rotations, a line each. */
export function rotationTable({ messages }: Invocation, rotations: readonly RotationDocument[]): readonly string[] {
  const { columns, words, noRotations } = messages.phones;
  if (rotations.length === 0) return [noRotations];
  return table(
    [columns.rotation, columns.created, columns.state, columns.extensions, columns.reason],
    rotations.map(({ id, createdAt, end, extensions, reason }) => [
      id,
      timeOf(createdAt) ?? '',
      end ?? words.open,
      extensions.map(({ number }) => number).join(','),
      reason,
    ]),
  );
}

/** What is new in a rotation since it was last shown: steps as they are reached, with what proves them. */
export function newsOf(
  { messages }: Invocation,
  before: RotationDocument | null,
  now: RotationDocument,
): readonly string[] {
  return now.extensions.flatMap((extension) => {
    const earlier = before?.extensions.find(({ number }) => number === extension.number);
    const evidence = extension.evidence.slice(earlier?.evidence.length ?? 0);
    const isMoved = earlier?.step !== extension.step || earlier.end !== extension.end;
    return [
      ...evidence.map((one) => `  ${extension.number}  ${evidenceLine(one)}`),
      ...(isMoved ? [headOf(messages.phones, extension)] : []),
    ];
  });
}

function headOf(texts: Invocation['messages']['phones'], { number, step, end }: RotationExtension): string {
  return texts.stepOf(number, end === null ? `${step} – ${texts.steps[step]}` : texts.ends[end]);
}

/** Stable words, as the API has them: what is seen here can be looked for there. */
function evidenceLine({ at, step, what, data }: RotationEvidence): string {
  const told = Object.entries(data).map(([name, value]) => `${name}=${plain(value)}`);
  return [`${at.slice(11, 19)}Z`, step.padEnd('awaiting_key'.length), what, ...told].join('  ').trimEnd();
}

/** Of lists of documents, such as bindings, how many: `--json` has them whole. */
function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  const isWords = value.every((one) => typeof one === 'string');
  return isWords ? value.join(',') : String(value.length);
}
