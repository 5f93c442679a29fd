import type { Page } from 'playwright-core';
import { chord, openFile, readAnswer, selectWithKeyboard } from '../../../scripts/demo/driver.mjs';
import { type FakeModelServer, startFakeModelServer } from '../../support/fakeModelServer';
import { deltaFrame, type Scenario, send, streamed } from '../../support/scenario';
import { clearNotifications, closeModalEditor } from './screen';
import { type Journey, type JourneyOptions, keepFailure, startJourney } from './workbench';

/** A window and a model server that the stories of a `describe` share. */
export interface Scene {
  readonly journey: Journey;
  readonly page: Page;
  readonly server: FakeModelServer;
  /** Opens a file of the workspace and selects these lines of it. */
  select(file: string, firstLine: number, lastLine: number): Promise<void>;
  /** The same, and then presses a chord that begins with Ctrl+K. */
  selectAndPress(file: string, lines: readonly [number, number], key: string): Promise<void>;
  /** Explains these lines and waits for the whole answer. */
  explain(file: string, lines: readonly [number, number]): Promise<void>;
}

type SceneOptions = JourneyOptions | ((server: FakeModelServer) => JourneyOptions | Promise<JourneyOptions>);

/** User settings with which the fake server is the provider `fake`, and the model of it that is used. */
export function fakeProvider(server: FakeModelServer, model = 'quillet-test'): Readonly<Record<string, unknown>> {
  const providers = { fake: { preset: 'custom', baseUrl: server.url, needsKey: false } };
  return { 'quillet.providers': providers, 'quillet.model': `fake/${model}` };
}

/** A file with the same text for each story, so that none sees what another one wrote. */
export function filesFor(stories: readonly string[], source: string): Readonly<Record<string, string>> {
  return Object.fromEntries(stories.map((story) => [`${story}.ts`, source]));
}

/**
 * Call it in a `describe`. The window is opened once, with the fake server as its provider unless the settings say
 * otherwise; the server forgets its scripts before each story, and whatever a story left open is ended behind it.
 */
export function useScene(options: SceneOptions = {}): Scene {
  let opened: { journey: Journey; server: FakeModelServer } | undefined;
  const now = (): { journey: Journey; server: FakeModelServer } => {
    if (opened === undefined) throw new Error('The window is opened before the first story.');
    return opened;
  };
  before(async () => {
    const server = await startFakeModelServer();
    const chosen = typeof options === 'function' ? await options(server) : options;
    const journey = await startJourney({ ...chosen, settings: { ...fakeProvider(server), ...chosen.settings } });
    opened = { journey, server };
  });
  beforeEach(() => now().server.reset());
  afterEach(async function () {
    // Whatever became of the story, its answer must not go on in the next.
    now().server.openGate(REST);
    await keepFailure(now().journey, this.currentTest);
    await clearNotifications(now().journey.page);
    await closeModalEditor(now().journey.page);
  });
  after(async () => {
    await opened?.journey.close();
    await opened?.server.close();
  });
  const select = async (file: string, firstLine: number, lastLine: number): Promise<void> => {
    await openFile(now().journey.page, file);
    await selectWithKeyboard(now().journey.page, firstLine, lastLine);
  };
  const selectAndPress = async (file: string, [first, last]: readonly [number, number], key: string): Promise<void> => {
    await select(file, first, last);
    await chord(now().journey.page, key);
  };
  return {
    get journey() {
      return now().journey;
    },
    get page() {
      return now().journey.page;
    },
    get server() {
      return now().server;
    },
    select,
    selectAndPress,
    explain: async (file, lines) => {
      await selectAndPress(file, lines, 'g');
      await readAnswer(now().journey.page);
    },
  };
}

/** The gate behind which the second part of {@link inTwoParts} waits. */
export const REST = 'rest';

/** An answer whose second part comes when the gate {@link REST} is opened. */
export function inTwoParts(first: string, second: string): Scenario {
  return streamed([first], { then: [{ do: 'gate', name: REST }, send(deltaFrame({ content: second }))] });
}

/** Slow enough that the thread is drawn before the answer is complete, as it is with any real model. */
export function slowly(text: string, firstPart = 4): Scenario {
  return streamed([text.slice(0, firstPart), text.slice(firstPart)], { delayMs: 400 });
}
