import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Extension, Verdict } from '../../schemas/extension.ts';
import { PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import { Phone } from '../../schemas/phone.ts';
import { NotServed } from '../../schemas/site.ts';
import { PhoneRequestWhy } from '../../schemas/phone-request.ts';
import { Batch, RotationEnd, RotationEvidence, RotationStep } from '../../schemas/rotation.ts';
import { Binding, RotationProgress } from '../../schemas/rotation-progress.ts';
import { reader, wordReader } from './documents.ts';
import { textOrNull, type Row } from './rows.ts';

const Status = Type.Object({
  at: Type.Integer(),
  url: Type.String(),
  sip: Type.Object({
    stack: Type.Union([Type.Literal('embedded'), Type.Literal('drachtio')]),
    isReady: Type.Boolean(),
    detail: Type.Union([Type.String(), Type.Null()]),
  }),
  // Not in what an earlier version wrote.
  notServed: Type.Optional(NotServed),
  guesses: Type.Optional(Type.Object({ addresses: Type.Integer(), requests: Type.Integer() })),
});

export const readExtensionJson = reader('extension', Compile(Extension));
export const readPhoneJson = reader('phone', Compile(Phone));
export const readDialects = reader('list of dialects', Compile(Type.Array(PhoneDialect)));
export const readBindings = reader('list of bindings', Compile(Type.Array(Binding)));
export const readBatch = reader('batch', Compile(Batch));
export const readProgress = reader('rotation progress', Compile(RotationProgress));
export const readRotationEvidence = reader('rotation evidence', Compile(Type.Array(RotationEvidence)));
export const readProvisionerStatus = reader('provisioner status', Compile(Status));

export const readVerdict = wordReader('verdict', Compile(Verdict));
export const readRequestWhy = wordReader('outcome of a request', Compile(PhoneRequestWhy));
export const readStep = wordReader('rotation step', Compile(RotationStep));
const readEndWord = wordReader('rotation end', Compile(RotationEnd));

/** The `end` of a rotation or of one of its extensions; null while it is open. */
export function readEnd(row: Row): RotationEnd | null {
  const word = textOrNull(row, 'end');
  return word === null ? null : readEndWord(word);
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
