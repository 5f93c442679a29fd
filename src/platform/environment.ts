/** Undefined for an empty variable and in a browser, which has no environment. */
export function getEnvironmentVariable(name: string): string | undefined {
  const host = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  const value = host.process?.env?.[name];
  return value === undefined || value === '' ? undefined : value;
}

export function getHomeFolder(): string | undefined {
  return getEnvironmentVariable('HOME') ?? getEnvironmentVariable('USERPROFILE');
}

export function isMac(): boolean {
  const host = globalThis as { readonly navigator?: { readonly platform?: string } };
  return /^mac/i.test(host.navigator?.platform ?? '');
}
