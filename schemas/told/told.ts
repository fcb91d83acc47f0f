/**
 * What is said in English and its Spanish twin. `{}` stands for what varies, in the same order in both, or `{2}` for the
 * second of the English text.
 */
export type Told = Readonly<Record<string, string>>;
