/** The only reader of the environment. A browser host has none, and there every variable is unset. */
export function getEnvironmentVariable(name: string): string | undefined {
  const host = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  const value = host.process?.env?.[name];
  return value === undefined || value === '' ? undefined : value;
}

/** Where the user's own programs are at home: never a workspace, which VS Code may have been started in. */
export function getHomeFolder(): string | undefined {
  return getEnvironmentVariable('HOME') ?? getEnvironmentVariable('USERPROFILE');
}

/** Whether keys are named as on macOS. */
export function isMac(): boolean {
  const host = globalThis as { readonly navigator?: { readonly platform?: string } };
  return /^mac/i.test(host.navigator?.platform ?? '');
}
