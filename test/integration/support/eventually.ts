/** Polls until `check` returns a truthy value, and returns it. Errors thrown by `check` count as "not yet". */
export async function eventually<T>(
  check: () => T | Promise<T>,
  what = String(check),
  ms = 120_000,
): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + ms;
  for (;;) {
    let problem: unknown;
    try {
      const value = await check();
      if (value) return value as Exclude<T, undefined | null | false>;
    } catch (thrown) {
      problem = thrown;
    }
    if (Date.now() > end) throw problem ?? new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
