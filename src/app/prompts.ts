import { type ExtensionContext, type TextDocument, Uri } from 'vscode';
import { CommitMessageCommand } from '../commit/commitMessageCommand';
import type { RunPlan } from '../core/run';
import { preloadSdk } from '../llm/apis/openaiClient';
import { InputBoxes } from '../platform/inputBoxes';
import type { Log } from '../platform/log';
import { PromptAuthoring } from '../prompts/authoring/promptAuthoring';
import type { PromptFileOpening } from '../prompts/authoring/promptFileOpening';
import { fixCommands } from '../prompts/commands/fixCommand';
import { PromptCommands } from '../prompts/commands/promptCommands';
import { PromptLibraryCommands } from '../prompts/commands/promptLibraryCommands';
import { getOfferedPrompts, syncPromptMenu } from '../prompts/commands/promptMenu';
import { PromptPicker } from '../prompts/commands/promptPicker';
import { PromptConsent } from '../prompts/execution/promptConsent';
import type { RunPrompt } from '../prompts/execution/promptRequest';
import { PromptRunner } from '../prompts/execution/promptRunner';
import { TerminalOutput } from '../prompts/execution/terminalOutput';
import { PromptRepository } from '../prompts/promptRepository';
import { PictureStore } from '../references/common/pictureStore';
import { registerPictureInput } from '../references/pictureInput';
import { registerReferenceCompletions } from '../references/referenceCompletions';
import { ReferenceResolver } from '../references/referenceResolver';
import { preloadSecretRules } from '../secrets/secretScanner';
import { areCommentsHidden } from '../settings/configuration';
import { isCommentInput, QuestionBoxes } from '../threads/questionBox';
import { createDestinations } from './destinations';
import type { ModelServices } from './models';
import type { createReview } from './review';
import type { Register, Services } from './services';
import type { UsageServices } from './usage';

type PromptServices = Services &
  UsageServices &
  ModelServices & { readonly opening: PromptFileOpening; readonly review: ReturnType<typeof createReview> };

export function createPrompts(context: ExtensionContext, register: Register, services: PromptServices) {
  const { settings, notifier, log, runs, budget, modelSetup, execute, guard, preview, opening, exclusions, threads } =
    services;
  const prompts = register(
    new PromptRepository(Uri.joinPath(context.globalStorageUri, 'prompts'), () => settings.promptFolders()),
  );
  const picker = new PromptPicker(context.globalState);
  const questionBoxes = register(
    new QuestionBoxes(() => settings.read().askLocation === 'editor' && !areCommentsHidden()),
  );
  const terminal = register(new TerminalOutput());
  const isRecent = (id: string) => picker.isRecent(id);
  register(syncPromptMenu({ prompts, terminal, memento: context.workspaceState, log, isRecent }));
  const pictures = new PictureStore();
  const references = new ReferenceResolver(() => terminal.lastOutput(), exclusions, pictures);
  // Other extensions have comment boxes too. The authority of a reply box is the ID of the comment controller.
  const isQuestionBox = (document: TextDocument) =>
    document.uri.authority.startsWith('quillet') ||
    questionBoxes.has(document) ||
    (isCommentInput(document) && threads.all.some(({ isEditing }) => isEditing));
  register(registerReferenceCompletions(references, exclusions, isQuestionBox));
  const reportError = (thrown: unknown) => void notifier.showError(thrown);
  register(registerPictureInput({ pictures, exclusions, isQuestionBox, reportError }));
  const shared = {
    prompts,
    references,
    settings,
    notifier,
    exclusions,
    preview,
    terminal,
    inputBoxes: new InputBoxes(questionBoxes.open),
    consent: new PromptConsent(context.globalState, log),
    resolveModel: (model?: string) => modelSetup.resolveModel(model),
    prepare: (plans: readonly RunPlan[]) => guard.prepare(plans),
    execute,
    newGroup: (selections: number) => runs.createGroup(selections),
    warmUp: () => {
      modelSetup.prefetchSelectedKey();
      warmUp(settings.read().checkSecrets, log);
      budget.prefetch();
    },
  };
  const destinations = createDestinations(register, services);
  const runner = new PromptRunner({ ...shared, destinations, onRun: (request) => void picker.remember(request) });
  const runPrompt: RunPrompt = (request) => runner.run(request);
  const getLastRequest = () => runner.lastRequest;
  const authoring = register(
    new PromptAuthoring({
      findSource: (uri) => prompts.findSource(uri),
      getModels: () => modelSetup.listKnownModels(),
      getLastEditor: () => opening.lastEditor,
      runPrompt,
    }),
  );
  const commands = {
    ...new PromptCommands({ prompts, picker, runPrompt, getLastRequest }).commands(),
    ...new PromptLibraryCommands({ prompts, picker, inputBoxes: shared.inputBoxes, getLastRequest }).commands(),
    ...questionBoxes.commands(),
    ...new CommitMessageCommand(shared).commands(),
    ...fixCommands(runPrompt),
    ...authoring.commands(),
  };
  return { commands, getOfferedPrompts: (languageId: string) => getOfferedPrompts(prompts, languageId) };
}

// Loading blocks this thread. It starts only after the requests to other processes (the key, the thread) have been sent,
// which VS Code does in a timer: hence a timer within a timer.
function warmUp(checksSecrets: boolean, log: Log): void {
  const load = async () => {
    await preloadSdk();
    if (checksSecrets) await preloadSecretRules();
  };
  setTimeout(() => setTimeout(() => void load().catch((failure: unknown) => log.error('warmUp', failure))));
}
