import path from 'node:path';
import type { Page } from 'playwright-core';
import { containsKey, externalHosts, filesWithKey, readRecordedHosts } from '../../../scripts/lib/leaks.mjs';
import { readStateAfterClose, screenText } from '../../../scripts/lib/pageState.mjs';

/** Places in which a window may leak keys, and its requests. */
export interface LeakSources {
  readonly page: Page;
  /** Origin of the server that serves the window. */
  readonly origin: string;
  /** Folder that contains the workspace and all data and logs of VS Code. */
  readonly home: string;
  /** Written by recordHosts.cjs in the server and its extension hosts. */
  readonly hostsFile: string;
  /** Hosts requested by the page and its workers. */
  readonly pageHosts: readonly string[];
}

/** Lists every place that contains a key and every host on another machine. The window can't be used afterwards. */
export async function searchLeaks(sources: LeakSources): Promise<readonly string[]> {
  const { home, hostsFile, pageHosts } = sources;
  const inWindow = await leaksInWindow(sources);
  const hosts = externalHosts([...readRecordedHosts(hostsFile), ...pageHosts]).map((host) => `a request to ${host}`);
  return [...inWindow, ...filesWithKey([home]).map((file) => path.relative(home, file)), ...hosts];
}

async function leaksInWindow({ page, origin }: LeakSources): Promise<readonly string[]> {
  // A test may have crashed the page and opened another.
  const openPage = page.context().pages().at(-1);
  if (openPage === undefined) return [];
  const clipboard = await openPage.evaluate(() => navigator.clipboard.readText()).catch(() => '');
  const screen = await screenText(openPage);
  const state = await readStateAfterClose(openPage, origin);
  const found = [
    ['the clipboard', clipboard],
    ['the screen', screen],
    ['the state of the window', state],
  ] as const;
  return found.filter(([, text]) => containsKey(text)).map(([name]) => name);
}
