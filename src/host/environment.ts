/** The only reader of the environment. A browser host has none, and there every variable is unset. */
export function environmentVariable(name: string): string | undefined {
  const host = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  const value = host.process?.env?.[name];
  return value === undefined || value === '' ? undefined : value;
}
