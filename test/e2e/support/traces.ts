import path from 'node:path';
import type { Page } from 'playwright-core';
import { screenText, stateLeftBehind } from '../../../scripts/lib/pageTraces.mjs';
import { filesWithKey, foreignHosts, holdsKey, recordedHosts } from '../../../scripts/lib/traces.mjs';

/** Where a window may have left something. */
export interface TracePlaces {
  readonly page: Page;
  /** Scheme, host and port of the server that shows the window. */
  readonly origin: string;
  /** Everything of the window on the disk: the workspace, and all data and logs of VS Code. */
  readonly home: string;
  /** What recordHosts.cjs wrote, below the server and its extension hosts. */
  readonly hostsFile: string;
  /** The hosts that the page and its workers asked. */
  readonly pageHosts: readonly string[];
}

/**
 * Every place where a key was left (R19), and every host but those of this machine that was spoken to (need 43). The window
 * is of no use afterwards.
 */
export async function tracesLeft(places: TracePlaces): Promise<readonly string[]> {
  const { home, hostsFile, pageHosts } = places;
  const inWindow = await placesInWindow(places);
  const hosts = foreignHosts([...recordedHosts(hostsFile), ...pageHosts]).map((host) => `a request to ${host}`);
  return [...inWindow, ...filesWithKey([home]).map((file) => path.relative(home, file)), ...hosts];
}

async function placesInWindow({ page, origin }: TracePlaces): Promise<readonly string[]> {
  // A story may have ended the page, and gone on in another one.
  const open = page.context().pages().at(-1);
  if (open === undefined) return [];
  const clipboard = await open.evaluate(() => navigator.clipboard.readText()).catch(() => '');
  const screen = await screenText(open);
  const state = await stateLeftBehind(open, origin);
  const found = [
    ['the clipboard', clipboard],
    ['the screen', screen],
    ['the state of the window', state],
  ] as const;
  return found.filter(([, text]) => holdsKey(text)).map(([name]) => name);
}
