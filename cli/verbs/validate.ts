import { Verdict } from '../../schemas/extension.ts';
import { awaitOperation, type WaitOptions } from '../await-operation.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Invocation } from '../invocation.ts';
import { readKey } from '../key-input.ts';
import { atPhoneDesk } from '../phone-desk.ts';

/** Proves a key at the registrar: the one given, else the one that phones are served. Exit 0 only when it is valid. */
export async function validate(
  invocation: Invocation,
  number: string,
  options: WaitOptions & { readonly keyFile?: string },
): Promise<ExitCode> {
  const { verdict, verdicts } = invocation.messages.phones;
  return atPhoneDesk(invocation, async (desk) => {
    const { keyFile } = options;
    const sipKey = keyFile === undefined ? null : desk.key(number, await readKey(invocation, keyFile, number));
    const { operation } = await desk.accept({ kind: 'validate', number, sipKey });
    return awaitOperation(invocation, desk, operation, options, ({ result }) => {
      const said = Verdict.anyOf.map((one) => one.const).find((one) => one === result?.['verdict']);
      return said === undefined ? null : verdict(number, verdicts[said]);
    });
  });
}
