import { l10n } from 'vscode';
import { DESTINATION_KINDS } from '../core/destinationKind';
import type { ErrorDetails, ErrorKind, QuilletError } from '../core/errors';
import { budgetExceededMessage } from './budgetMessages';

type MessageFormatter = (details: ErrorDetails) => string;

/** One sentence for each kind: what happened, where, and what can be done. Nothing else makes sentences of errors. */
const MESSAGES: Readonly<Record<ErrorKind, MessageFormatter>> = {
  'net.refused': (d) =>
    l10n.t('Nothing listens at {0} ({1}). Is the server running?', d.host ?? '', d.code ?? 'ECONNREFUSED'),
  'net.dns': (d) =>
    l10n.t(
      'The server name of {0} was not found ({1}). Check the address and the network.',
      d.host ?? '',
      d.code ?? l10n.t('no reason given'),
    ),
  'net.reset': (d) =>
    l10n.t('{0} closed the connection before it answered ({1}).', d.host ?? '', d.code ?? l10n.t('no reason given')),
  'net.tls': (d) =>
    l10n.t(
      'No secure connection to {0}: {1}. Check the address (http or https) and the certificate.',
      d.host ?? '',
      d.code ?? l10n.t('no reason given'),
    ),
  'net.protocol': (d) =>
    l10n.t('{0} did not answer in valid HTTP ({1}).', d.host ?? '', d.code ?? l10n.t('no reason given')),
  'net.midstream': (d) => l10n.t('The connection to {0} broke off before the answer was complete.', d.host ?? ''),
  'net.proxy': (d) =>
    l10n.t(
      'The proxy on the way to {0} refused ({1}). Check the proxy settings of VS Code.',
      d.host ?? '',
      d.code ?? l10n.t('no reason given'),
    ),
  'net.other': (d) => l10n.t('{0} could not be reached ({1}).', d.host ?? '', d.code ?? l10n.t('no reason given')),
  'http.400': (d) => l10n.t('{0} refused the request: {1}', serverName(d), serverReason(d)),
  'http.401': (d) => rejectedKeyMessage(d),
  'http.403': (d) => l10n.t('{0} does not allow this request: {1}', serverName(d), serverReason(d)),
  'http.404': (d) =>
    d.model !== undefined && d.serverMessage?.includes(d.model) === true
      ? l10n.t('{0} does not have the model "{1}": {2}', serverName(d), d.model, serverReason(d))
      : l10n.t(
          '{0} has nothing at {1}: {2} Is /v1 missing or doubled in the base URL?',
          d.host ?? serverName(d),
          d.path ?? '/',
          serverReason(d),
        ),
  'http.408': (d) => l10n.t('{0} gave up waiting for the request.', serverName(d)),
  'http.409': (d) => l10n.t('{0} reports a conflict: {1}', serverName(d), serverReason(d)),
  'http.413': (d) => l10n.t('The selection is too large for {0}.', serverName(d)),
  'http.422': (d) => l10n.t('{0} did not understand the request: {1}', serverName(d), serverReason(d)),
  'http.429': (d) => rateLimitMessage(d),
  'http.quota': (d) =>
    l10n.t(
      '{0} reports no credit left: {1} API credit is separate from a chat subscription.',
      serverName(d),
      serverReason(d),
    ),
  'http.4xx': (d) =>
    l10n.t('{0} answered with status {1}: {2}', serverName(d), String(d.status ?? ''), serverReason(d)),
  'http.5xx': (d) =>
    l10n.t('{0} has a problem of its own (status {1}): {2}', serverName(d), String(d.status ?? ''), serverReason(d)),
  'http.redirect': (d) =>
    l10n.t(
      '{0} redirects to {1}. The redirect was not followed, so that your code and key stay where you sent them.',
      d.host ?? serverName(d),
      d.subject ?? l10n.t('an unknown place'),
    ),
  'body.html': (d) =>
    l10n.t('{0} sent a web page, not an API answer. Is a login page or a proxy in between?', d.host ?? serverName(d)),
  'body.notjson': (d) =>
    l10n.t(
      '{0} sent {1} instead of JSON: {2}',
      d.host ?? serverName(d),
      d.subject ?? l10n.t('something else'),
      serverReason(d),
    ),
  'body.ndjson': (d) =>
    l10n.t(
      '{0} answers in lines of JSON, which is its own protocol. Use the address that ends in /v1.',
      d.host ?? serverName(d),
    ),
  'body.encoding': (d) =>
    l10n.t(
      'The answer of {0} is compressed in a way that cannot be read ({1}).',
      d.host ?? serverName(d),
      d.subject ?? d.code ?? '',
    ),
  'body.error': (d) => l10n.t('{0} answered with an error: {1}', serverName(d), serverReason(d)),
  'body.empty': (d) =>
    d.subject === 'reasoning'
      ? l10n.t('Only reasoning was returned, no answer.')
      : l10n.t(
          'The answer was empty (finish reason: {0}). The context length of the model may be too small.',
          d.subject ?? l10n.t('none'),
        ),
  'sse.malformed': (d) =>
    l10n.t('The answer of {0} could not be read: its stream is damaged.', d.host ?? serverName(d)),
  'sse.truncated': (d) =>
    l10n.t('The answer of {0} was cut off: the server never said it was complete.', d.host ?? serverName(d)),
  'sse.error': (d) => l10n.t('{0} broke off with an error: {1}', serverName(d), serverReason(d)),
  'finish.length': (d) =>
    d.subject === 'reasoning'
      ? l10n.t('The whole token limit went to reasoning; no answer was left. Raise maxOutputTokens.')
      : l10n.t('The answer was cut off at the token limit.'),
  'finish.filter': (d) =>
    d.status === undefined
      ? l10n.t("The provider's content filter stopped the answer.")
      : l10n.t("The provider's content filter refused the prompt: {0}", serverReason(d)),
  'finish.refusal': (d) => l10n.t('The model refused: {0}', serverReason(d)),
  'time.headers': (d) =>
    isFetchTimeout(d)
      ? fetchTimeoutMessage(d)
      : l10n.t(
          '{0} did not answer within {1} seconds (quillet.timeouts.headers).',
          d.host ?? serverName(d),
          limitSeconds(d),
        ),
  'time.firstToken': (d) =>
    l10n.t(
      '{0} accepted the request but sent no text within {1} seconds (quillet.timeouts.firstToken). A local model may still be loading.',
      d.host ?? serverName(d),
      limitSeconds(d),
    ),
  'time.idle': (d) =>
    isFetchTimeout(d)
      ? fetchTimeoutMessage(d)
      : l10n.t(
          'The answer stalled: {0} sent no text for {1} seconds (quillet.timeouts.idle).',
          d.host ?? serverName(d),
          limitSeconds(d),
        ),
  'time.total': (d) =>
    l10n.t('The answer was not complete after {0} seconds (quillet.timeouts.total).', limitSeconds(d)),
  'limit.answer': (d) =>
    l10n.t('The answer is longer than {0} characters and was stopped (quillet.limits.answer).', d.subject ?? ''),
  'limit.line': (d) =>
    l10n.t(
      '{0} sent a line longer than {1} characters, and the answer was stopped.',
      d.host ?? serverName(d),
      d.subject ?? '',
    ),
  'limit.selection': (d) =>
    l10n.t(
      'The selection has {0} characters; Quillet sends at most {1} at once.',
      d.subject ?? '',
      String(d.max ?? ''),
    ),
  'key.missing': (d) =>
    d.subject === undefined
      ? l10n.t('There is no API key for {0} ({1}).', serverName(d), d.baseUrl ?? '')
      : l10n.t(
          'The environment variable {0}, which should hold the API key for {1}, is not set.',
          d.subject,
          serverName(d),
        ),
  'key.format': (d) =>
    d.keySource === undefined
      ? l10n.t('The API key for {0} has a character that cannot be sent. Set it again.', serverName(d))
      : l10n.t('The API key for {0} from {1} has a character that cannot be sent.', serverName(d), d.keySource.name),
  'key.store': (d) => keyStoreMessage(d),
  'key.command': (d) => keyCommandMessage(d),
  'cfg.url': (d) => l10n.t('The base URL of provider "{0}" cannot be used ({1}).', d.providerId ?? '', d.subject ?? ''),
  'cfg.provider': (d) => l10n.t('There is no provider "{0}". Known: {1}.', d.providerId ?? '', d.subject ?? ''),
  'cfg.model': (d) => l10n.t('"{0}" is not a model: write provider/model.', d.subject ?? ''),
  'cfg.request': (d) => invalidRequestMessage(d),
  'cfg.arguments': (d) => invalidArgumentsMessage(d),
  'prompt.unknown': (d) => l10n.t('There is no prompt "{0}".', d.subject ?? ''),
  'prompt.untrusted': (d) =>
    l10n.t('There is no prompt "{0}". Prompts of a workspace are used once you trust it.', d.subject ?? ''),
  'prompt.bad': (d) => l10n.t('This prompt cannot be used: {0}', d.subject ?? ''),
  'prompt.none': () => l10n.t('There is no prompt to save yet. Run one first.'),
  'prompt.variables': (d) => l10n.t('The prompt needs what is not here: {0}.', d.subject ?? ''),
  'editor.none': () => l10n.t('Open a text editor first: Quillet works on the text in it.'),
  'editor.selection': () => l10n.t('Select some text first: the selection is what is sent.'),
  'editor.request': () => l10n.t('There is no request here. Run a prompt or preview a request first.'),
  'editor.problem': () => l10n.t('The editor reports no problem in this document, so there is nothing to fix.'),
  'editor.thread': () => l10n.t('There is no answer here. Explain a selection first.'),
  'doc.readonly': (d) =>
    d.subject === 'rest'
      ? l10n.t('This document became read-only, so the rest of the answer was not written.')
      : l10n.t('This document is read-only, so nothing was written.'),
  'doc.closed': (d) =>
    isUnsent(d)
      ? l10n.t('The document was closed meanwhile, so nothing was sent.')
      : l10n.t('The document was closed before the answer could be written.'),
  'doc.conflict': (d) =>
    isUnsent(d)
      ? changedBeforeSending()
      : l10n.t('The text was edited where the answer should go, so nothing was written over it.'),
  'doc.changed': (d) =>
    isUnsent(d)
      ? changedBeforeSending()
      : l10n.t('The file was changed on disk where the answer should go, so nothing was written over it.'),
  'doc.gone': () => l10n.t('The code that this answer is about is no longer in the file, so nothing was written.'),
  'doc.undo': (d) => (isUnsent(d) ? changedBeforeSending() : l10n.t('Undone: the answer was stopped.')),
  'doc.busy': () => l10n.t('Another answer is being written here. Stop it first, or wait for it.'),
  'doc.applyfalse': () =>
    l10n.t('The editor did not take the answer after several tries. It was kept: copy or open it.'),
  'doc.binary': () => l10n.t('The selection is not text.'),
  'doc.toolarge': (d) =>
    l10n.t(
      'VS Code shows files over {0} MB to no extension, and this one has {1} MB.',
      String(d.max ?? ''),
      d.subject ?? '',
    ),
  'doc.choice': (d) =>
    l10n.t('The answer holds {0} blocks of code, so it is not clear which one to write.', d.subject ?? ''),
  'review.conflict': () =>
    l10n.t('The lines that the proposal changes were edited since it was asked for, so nothing was written.'),
  'review.replaced': () => l10n.t('Another answer has taken the place of this one, so the block was not used.'),
  'review.single': () => l10n.t('This answer does not hold several blocks of code to choose from.'),
  'review.none': () => l10n.t('There is no proposal here. Rewrite a selection first.'),
  'editor.prompt': () =>
    l10n.t('Open a prompt file first: one of your own, or of a workspace that you trust, in its prompt folder.'),
  'editor.elsewhere': () => l10n.t('Select some text in another file first: the prompt is tried on it.'),
  'git.missing': () =>
    l10n.t('The Git extension of VS Code cannot be used: it is off, finds no Git, or runs elsewhere than Quillet.'),
  'git.none': () => l10n.t('There is no Git repository here. Open a folder that is one.'),
  'git.empty': () => l10n.t('There is no change to describe. Stage new files first.'),
  'git.box': () => l10n.t('The commit message box was changed meanwhile, so nothing was written into it.'),
  'scan.failed': (d) =>
    d.limitMs === undefined
      ? l10n.t('The text could not be searched for secrets, so it is not known whether there are any.')
      : l10n.t(
          'The search for secrets was not done after {0} seconds, so it is not known whether there are any.',
          limitSeconds(d),
        ),
  'budget.hard': (d) => budgetExceededMessage(d.budget),
  cancelled: () => l10n.t('Stopped.'),
  internal: () => l10n.t('Something went wrong inside Quillet. The log has the details.'),
};

/** The sentence users read for an error. */
export function messageFor(error: QuilletError): string {
  return MESSAGES[error.kind](error.details);
}

/** Whether the place was gone before anything was sent. */
function isUnsent({ subject }: ErrorDetails): boolean {
  return subject === 'unsent';
}

function changedBeforeSending(): string {
  return l10n.t('The text was changed meanwhile, so nothing was sent.');
}

function serverName(details: ErrorDetails): string {
  return details.providerLabel ?? details.host ?? l10n.t('The server');
}

function serverReason(details: ErrorDetails): string {
  const message = details.serverMessage ?? l10n.t('no reason given');
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

function invalidRequestMessage({ subject, providerId = '' }: ErrorDetails): string {
  if (subject === 'body') return l10n.t('The body of the request is no JSON object, so nothing was sent.');
  return subject === undefined
    ? l10n.t('Provider "{0}" uses the http API and needs a request with a url and a body.', providerId)
    : l10n.t('The request of provider "{0}" names unknown variables: {1}.', providerId, subject);
}

function invalidArgumentsMessage({ subject }: ErrorDetails): string {
  if (subject === 'destination') {
    return l10n.t(
      'The arguments of Run Prompt name no destination that there is. Known: {0}.',
      DESTINATION_KINDS.join(', '),
    );
  }
  if (subject !== undefined) return l10n.t('Run Prompt cannot use its argument "{0}".', subject);
  return l10n.t(
    'The arguments of Run Prompt must be an object with some of prompt or text, destination, model, parameters, input.',
  );
}

function limitSeconds(details: ErrorDetails): string {
  return String(Math.round((details.limitMs ?? 0) / 100) / 10);
}

function rateLimitMessage(details: ErrorDetails): string {
  if (details.retryAfterMs === undefined)
    return l10n.t('{0} is getting too many requests: {1}', serverName(details), serverReason(details));
  const time = new Date(Date.now() + details.retryAfterMs).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
  });
  return l10n.t('{0} is getting too many requests. Try again at {1}.', serverName(details), time);
}

function rejectedKeyMessage(details: ErrorDetails): string {
  switch (details.keySource?.kind) {
    case undefined:
      return l10n.t('{0} refused the API key: {1}', serverName(details), serverReason(details));
    case 'variable':
      return l10n.t(
        '{0} refused the API key from the environment variable {1}: {2} VS Code has to be started anew to see another value.',
        serverName(details),
        details.keySource?.name ?? '',
        serverReason(details),
      );
    case 'command':
      return l10n.t(
        '{0} refused the API key that {1} gave: {2}',
        serverName(details),
        details.keySource?.name ?? '',
        serverReason(details),
      );
  }
}

/** Neither the arguments of the program nor anything it said is repeated. */
function keyCommandMessage(details: ErrorDetails): string {
  const program = details.keySource?.name ?? '';
  switch (details.subject) {
    case 'noPrograms':
      return l10n.t('No program can be started in a browser, so {0} gave no API key. Set the key itself.', program);
    case 'notFound':
      return l10n.t(
        'The program {0}, which should give the API key for {1}, was not found.',
        program,
        serverName(details),
      );
    case 'timeout':
      return l10n.t('The program {0} gave no API key within {1} seconds.', program, limitSeconds(details));
    case 'tooLong':
    case 'format':
      return l10n.t('What the program {0} printed is not an API key for {1}.', program, serverName(details));
    case 'empty':
      return l10n.t(
        'The program {0} printed nothing, but should give the API key for {1}.',
        program,
        serverName(details),
      );
    default:
      return l10n.t(
        'The program {0}, which should give the API key for {1}, failed. Try it in a terminal.',
        program,
        serverName(details),
      );
  }
}

function keyStoreMessage(details: ErrorDetails): string {
  if (details.limitMs !== undefined) {
    return l10n.t("The system's keyring did not answer in {0} seconds.", limitSeconds(details));
  }
  if (details.subject === 'session') {
    return l10n.t(
      'The API key could not be saved and works only until this window is closed. An environment variable can hold it instead (apiKeyEnv).',
    );
  }
  if (details.subject === 'lost') {
    return l10n.t(
      'The API key for {0} was saved, and is gone: without a keyring of the system, VS Code keeps keys only until its window is closed. An environment variable can hold it instead (apiKeyEnv).',
      serverName(details),
    );
  }
  return l10n.t("The system's keyring failed. An environment variable can hold the API key instead (apiKeyEnv).");
}

/** VS Code's own fetch gives up after 10 seconds to connect and 300 of silence; no setting of ours can raise that. */
function isFetchTimeout(details: ErrorDetails): boolean {
  return details.code?.startsWith('UND_ERR_') === true;
}

function fetchTimeoutMessage(details: ErrorDetails): string {
  return l10n.t(
    '{0} was silent for {1} seconds, and the network stack of VS Code gave up. Keep the model loaded, or send a smaller prompt.',
    details.host ?? serverName(details),
    limitSeconds(details),
  );
}
