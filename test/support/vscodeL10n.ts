/** The part of the VS Code API that code without an editor uses, for unit tests: texts in English. */
export const l10n = {
  t: (message: string, ...values: readonly string[]): string =>
    message.replace(/\{(\d+)\}/g, (_placeholder, index: string) => values[Number(index)] ?? ''),
};
