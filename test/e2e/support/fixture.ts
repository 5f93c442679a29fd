import type { Page } from 'playwright-core';
import { openFile, pressChord, readAnswer, selectWithKeyboard } from '../../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../../support/scenario';
import { clearNotifications, closeModalEditor } from './screen';
import { launchWorkbench, saveFailureScreenshot, type Workbench, type WorkbenchOptions } from './workbench';

/** A window and a model server shared by the tests of a `describe`. */
export interface Fixture {
  readonly workbench: Workbench;
  readonly page: Page;
  readonly server: FakeModelServer;
  /** Opens a file of the workspace and selects lines, from 1. */
  select(file: string, firstLine: number, lastLine: number): Promise<void>;
  /** Opens, selects, then presses Ctrl+K and `key`. */
  selectAndPress(file: string, lines: readonly [number, number], key: string): Promise<void>;
  /** Explains lines and waits for the complete answer. */
  explain(file: string, lines: readonly [number, number]): Promise<void>;
}

type FixtureOptions = WorkbenchOptions | ((server: FakeModelServer) => WorkbenchOptions | Promise<WorkbenchOptions>);

/** User settings that add the fake server as the provider `fake` and select its model. */
export function fakeProvider(server: FakeModelServer, model = 'quillet-test'): Readonly<Record<string, unknown>> {
  const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
  return { 'quillet.providers': providers, 'quillet.model': `fake/${model}` };
}

/** One file with the same text for each test, so that tests don't affect each other. */
export function filesFor(names: readonly string[], source: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`${name}.ts`, source]));
}

/**
 * Sets up mocha hooks; call it in a `describe`. The window opens once, with the fake server as its provider by default.
 * Scripts of the server are reset before each test; open answers, notifications and modal editors are closed after it.
 */
export function useFixture(options: FixtureOptions = {}): Fixture {
  let running: { workbench: Workbench; server: FakeModelServer } | undefined;
  const current = (): { workbench: Workbench; server: FakeModelServer } => {
    if (running === undefined) throw new Error('The window is not open before the first test.');
    return running;
  };
  before(async () => {
    const server = await startFakeModelServer();
    const resolved = typeof options === 'function' ? await options(server) : options;
    const workbench = await launchWorkbench({
      ...resolved,
      settings: { ...fakeProvider(server), ...resolved.settings },
    });
    running = { workbench, server };
  });
  beforeEach(() => current().server.reset());
  afterEach(async function () {
    // An answer that is still streaming must not continue in the next test.
    current().server.openGate(REST_GATE);
    await saveFailureScreenshot(current().workbench, this.currentTest);
    await clearNotifications(current().workbench.page);
    await closeModalEditor(current().workbench.page);
  });
  after(async () => {
    await running?.workbench.close();
    await running?.server.close();
  });
  const select = async (file: string, firstLine: number, lastLine: number): Promise<void> => {
    await openFile(current().workbench.page, file);
    await selectWithKeyboard(current().workbench.page, firstLine, lastLine);
  };
  const selectAndPress = async (file: string, [first, last]: readonly [number, number], key: string): Promise<void> => {
    await select(file, first, last);
    await pressChord(current().workbench.page, key);
  };
  return {
    get workbench() {
      return current().workbench;
    },
    get page() {
      return current().workbench.page;
    },
    get server() {
      return current().server;
    },
    select,
    selectAndPress,
    explain: async (file, lines) => {
      await selectAndPress(file, lines, 'g');
      await readAnswer(current().workbench.page);
    },
  };
}

/** The second part of {@link twoPartAnswer} waits for this gate. */
export const REST_GATE = 'rest';

/** An answer whose second part is sent when {@link REST_GATE} opens. */
export function twoPartAnswer(first: string, second: string): Scenario {
  return streamed([first], { then: [{ do: 'gate', name: REST_GATE }, send(deltaFrame({ content: second }))] });
}

/** Slow enough for the thread to be drawn before the answer is complete, as with a real model. */
export function slowAnswer(text: string, firstPart = 4): Scenario {
  return streamed([text.slice(0, firstPart), text.slice(firstPart)], { delayMs: 400 });
}
