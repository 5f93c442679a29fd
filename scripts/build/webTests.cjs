/** The integration tests that also run in the web worker host: those of what differs there, and one story of each feature. */

/** Whole files, each with what differs. */
const WEB_FILES = {
  'app/activation': 'one bundle is loaded by a worker',
  'destinations/sensitiveLinks': 'links are not resolved by Node',
  'editor/readonly': 'locks are not read by Node',
  'llm/faults': 'the browser fetches, retries and words its errors',
  'llm/wire': 'the browser reads the stream',
  'prompts/promptLibrary': 'prompt files are written through VS Code',
  'prompts/prompts': 'prompt files are read and watched through VS Code',
  'prompts/vscodePrompts': 'paths are those of a remote folder',
  'usage/usageRecorder': 'the usage log is rewritten instead of appended to',
};

/** The beginnings of titles in other files. */
const WEB_STORIES = {
  'app/commands': ['are exactly those declared', 'send several selections'],
  'auth/endpointConsent': ['needs consent once'],
  // Redirects, cookies and programs differ in a browser.
  'auth/keys': [
    'are trimmed, replaced immediately',
    'are not sent to the target of a redirect with status 302',
    'are not sent to the target of a redirect with status 307',
    'are not redirected in a custom header',
    'are not sent to the target of a redirected model list',
    'name a program that cannot be started',
  ],
  'commit/commitMessage': ['sends the staged diff'],
  'destinations/insert': ['streams after the selection'],
  'destinations/notebook': ['streams into the cell', 'opens a diff'],
  'destinations/rewriteInPlace': ['writes a complete answer'],
  'editor/documentRangeFiles': ['continues in a renamed file', 'writes at the right position if the file changed'],
  'models/removeProvider': ['removes the provider'],
  'models/setup': ['sets up a provider', 'are tested by Test Connection'],
  'prompts/fix': ['sends the problems of the line'],
  'prompts/promptAuthoring': ['updates diagnostics', 'completes keys'],
  'prompts/selections': ['need one question'],
  'prompts/variableResolver': ['contain the names around the selection'],
  'requests/requestLog': ['opens a request', 'never contains a key'],
  'review/review': ['is written by Accept'],
  'review/reviewChanges': ['can be accepted one by one'],
  // A browser limits the connections to a server.
  'runs/concurrentRuns': ['answer in fifty documents', 'stop and close their connections'],
  'runs/outboundGuard': ['sends placeholders and restores'],
  'runs/statusMenu': ['offers what users need'],
  'settings/workspaceSettings': ['cannot set the server'],
  'threads/explain': ['streams the answer', 'sends a follow-up'],
  'threads/variants': ['Regenerate sends'],
  'usage/dashboard': ['has a page', 'exports CSV and JSON'],
  'usage/usage': ['shows tokens and estimated cost'],
};

module.exports = { WEB_FILES, WEB_STORIES };
