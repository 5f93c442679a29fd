import type { LoadOnly } from './runner/hostRun';

/**
 * Loads the integration tests that also run in the web worker host, in the order of the Node host: those of what differs
 * there, and one story of each feature.
 */
export async function loadWebTests(only: LoadOnly): Promise<void> {
  // One bundle is loaded by a worker.
  await import('./app/activation.test');
  await only(['are exactly those declared', 'send several selections'], () => import('./app/commands.test'));
  await only(['needs consent once'], () => import('./auth/endpointConsent.test'));
  // Redirects, cookies and programs differ in a browser.
  await only(
    [
      'are trimmed, replaced immediately',
      'are not sent to the target of a redirect with status 302',
      'are not sent to the target of a redirect with status 307',
      'are not redirected in a custom header',
      'are not sent to the target of a redirected model list',
      'name a program that cannot be started',
    ],
    () => import('./auth/keys.test'),
  );
  await only(['sends the staged diff'], () => import('./commit/commitMessage.test'));
  await only(['streams after the selection'], () => import('./destinations/insert.test'));
  await only(['streams into the cell', 'opens a diff'], () => import('./destinations/notebook.test'));
  await only(['writes a complete answer'], () => import('./destinations/rewriteInPlace.test'));
  // Links are not resolved by Node.
  await import('./destinations/sensitiveLinks.test');
  await only(
    ['continues in a renamed file', 'writes at the right position if the file changed'],
    () => import('./editor/documentRangeFiles.test'),
  );
  // Locks are not read by Node.
  await import('./editor/readonly.test');
  await only(['are refused with the rule', 'include the cells'], () => import('./ignore/fileExclusions.test'));
  // The browser fetches, retries and words its errors.
  await import('./llm/faults.test');
  // The browser reads the stream.
  await import('./llm/wire.test');
  await only(['answers in a thread, whose conversation'], () => import('./llm/messages.test'));
  await only(['removes the provider'], () => import('./models/removeProvider.test'));
  await only(['sets up a provider', 'are tested by Test Connection'], () => import('./models/setup.test'));
  await only(
    ['answer the first command', 'are stopped by Stop', 'send nothing if VS Code asks', 'keep the text'],
    () => import('./models/vscodeModels.test'),
  );
  await only(['sends the problems of the line'], () => import('./prompts/fix.test'));
  await only(['updates diagnostics', 'completes keys'], () => import('./prompts/promptAuthoring.test'));
  // Prompt files are written through VS Code.
  await import('./prompts/promptLibrary.test');
  // Prompt files are read and watched through VS Code.
  await import('./prompts/prompts.test');
  await only(['need one question'], () => import('./prompts/selections.test'));
  await only(['contain the names around the selection'], () => import('./prompts/variableResolver.test'));
  // Paths are those of a remote folder.
  await import('./prompts/vscodePrompts.test');
  // Files are found, read and checked for links through VS Code.
  await only(
    ['send a file and lines', 'that cannot be read are refused', 'offer open files'],
    () => import('./references/references.test'),
  );
  await only(['opens a request', 'never contains a key'], () => import('./requests/requestLog.test'));
  await only(['is written by Accept'], () => import('./review/review.test'));
  await only(['can be accepted one by one'], () => import('./review/reviewChanges.test'));
  // A browser limits the connections to a server.
  await only(
    ['answer in fifty documents', 'stop and close their connections'],
    () => import('./runs/concurrentRuns.test'),
  );
  await only(['sends placeholders and restores'], () => import('./runs/outboundGuard.test'));
  await only(['offers what users need'], () => import('./runs/statusMenu.test'));
  await only(['cannot set the server'], () => import('./settings/workspaceSettings.test'));
  await only(['streams the answer', 'sends a follow-up'], () => import('./threads/explain.test'));
  await only(['is shown while the model thinks'], () => import('./threads/reasoning.test'));
  await only(['Regenerate sends'], () => import('./threads/variants.test'));
  await only(['has a page', 'exports CSV and JSON'], () => import('./usage/dashboard.test'));
  await only(['shows tokens and estimated cost'], () => import('./usage/usage.test'));
  // The usage log is rewritten instead of appended to.
  await import('./usage/usageRecorder.test');
}
