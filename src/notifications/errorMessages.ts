import { l10n } from 'vscode';
import { DESTINATION_KINDS } from '../core/destinationKind';
import type { ErrorDetails, ErrorKind, QuilletError } from '../core/errors';
import type { Redactor } from '../sanitize/redactor';
import { budgetExceededMessage } from './budgetMessages';
import { exclusionMessage } from './exclusionMessage';
import { KEY_MESSAGES, rejectedKeyMessage } from './keyMessages';
import { LANGUAGE_MODEL_MESSAGES } from './languageModelMessages';
import { hostName, limitSeconds, reasonCode, serverName, serverReason } from './messageParts';
import { PICTURE_MESSAGES } from './pictureMessages';

type MessageFormatter = (details: ErrorDetails) => string;

const MESSAGES: Readonly<Record<ErrorKind, MessageFormatter>> = {
  'net.refused': (d) => l10n.t("Can't connect to {0}. Is the server running?", d.host ?? ''),
  'net.dns': (d) =>
    l10n.t(
      "Can't find {0}. Check the address and your connection. ({1})",
      d.host?.replace(/:\d+$/, '') ?? '',
      reasonCode(d),
    ),
  'net.reset': (d) => l10n.t('{0} closed the connection before responding. ({1})', d.host ?? '', reasonCode(d)),
  'net.tls': (d) =>
    l10n.t(
      "Can't establish a secure connection to {0}. Check the address (http or https) and the certificate. ({1})",
      d.host ?? '',
      reasonCode(d),
    ),
  'net.protocol': (d) => l10n.t('{0} sent an invalid HTTP response. ({1})', d.host ?? '', reasonCode(d)),
  'net.midstream': (d) => l10n.t('The connection to {0} was lost before the response was complete.', d.host ?? ''),
  'net.proxy': proxyMessage,
  'net.other': (d) => l10n.t("Can't reach {0}. ({1})", d.host ?? '', reasonCode(d)),
  'http.400': (d) => l10n.t('{0} rejected the request: {1}', serverName(d), serverReason(d)),
  'http.401': rejectedKeyMessage,
  'http.403': (d) => l10n.t("{0} doesn't allow this request: {1}", serverName(d), serverReason(d)),
  'http.404': (d) =>
    d.model !== undefined && d.serverMessage?.includes(d.model) === true
      ? l10n.t('{0} doesn\'t have the model "{1}": {2}', serverName(d), d.model, serverReason(d))
      : l10n.t(
          '{0} has no endpoint at {1}. Is /v1 missing or repeated in the base URL? ({2})',
          hostName(d),
          d.path ?? '/',
          serverReason(d),
        ),
  'http.408': (d) => l10n.t('{0} timed out waiting for the request.', serverName(d)),
  'http.409': (d) => l10n.t('{0} reported a conflict: {1}', serverName(d), serverReason(d)),
  'http.413': (d) => l10n.t('The request is too large for {0}. Send less text.', serverName(d)),
  'http.422': (d) => l10n.t("{0} couldn't process the request: {1}", serverName(d), serverReason(d)),
  'http.429': rateLimitMessage,
  'http.quota': (d) =>
    l10n.t(
      '{0} reports that your credit is used up. API credit is separate from a chat subscription. ({1})',
      serverName(d),
      serverReason(d),
    ),
  'http.4xx': (d) => l10n.t('{0} returned status {1}: {2}', serverName(d), String(d.status ?? ''), serverReason(d)),
  'http.5xx': (d) =>
    l10n.t('{0} returned a server error ({1}): {2}', serverName(d), String(d.status ?? ''), serverReason(d)),
  'http.loading': (d) => l10n.t('{0} is still loading the model: {1}', serverName(d), serverReason(d)),
  'http.redirect': (d) =>
    l10n.t(
      "{0} redirects to {1}. Quillet didn't follow the redirect, so your code and API key stay with the server you chose.",
      hostName(d),
      d.subject ?? l10n.t('an unknown address'),
    ),
  'body.html': (d) =>
    l10n.t('{0} sent a web page instead of an API response. Is a sign-in page or a proxy in the way?', hostName(d)),
  'body.notjson': (d) =>
    l10n.t(
      '{0} sent {1} instead of JSON: {2}',
      hostName(d),
      d.subject ?? l10n.t('an unknown content type'),
      serverReason(d),
    ),
  'body.ndjson': (d) =>
    l10n.t('{0} responded in its own format (JSON lines). Use the address that ends in /v1.', hostName(d)),
  'body.encoding': (d) =>
    l10n.t("Can't decompress the response from {0} ({1}).", hostName(d), d.subject ?? d.code ?? ''),
  'body.error': (d) => l10n.t('{0} returned an error: {1}', serverName(d), serverReason(d)),
  'body.empty': (d) =>
    d.subject === 'reasoning'
      ? l10n.t('The model returned only reasoning and no answer.')
      : l10n.t(
          "The answer was empty (finish reason: {0}). The model's context window may be too small.",
          d.subject ?? l10n.t('none'),
        ),
  'sse.malformed': (d) => l10n.t("Can't read the response from {0}: the stream is corrupted.", hostName(d)),
  'sse.truncated': (d) => l10n.t('The response from {0} ended early; it may be incomplete.', hostName(d)),
  'sse.error': (d) => l10n.t('{0} stopped with an error: {1}', serverName(d), serverReason(d)),
  'finish.length': (d) =>
    d.subject === 'reasoning'
      ? l10n.t('The model used the whole token limit for reasoning. Increase maxOutputTokens to get an answer.')
      : l10n.t('The answer was cut off at the token limit.'),
  'finish.filter': (d) =>
    d.status === undefined
      ? l10n.t("The provider's content filter stopped the answer.")
      : l10n.t("The provider's content filter rejected the prompt: {0}", serverReason(d)),
  'finish.unknown': (d) =>
    l10n.t('The server stopped for an unknown reason ({0}). The answer may be incomplete.', d.subject ?? ''),
  'finish.reasoning': () =>
    l10n.t('The model wrote its reasoning without marking it, so the answer in the document begins with reasoning.'),
  'finish.refusal': (d) => l10n.t('The model refused to answer: {0}', serverReason(d)),
  'time.headers': (d) =>
    isFetchTimeout(d)
      ? fetchTimeoutMessage(d)
      : l10n.t("{0} didn't respond within {1} seconds (quillet.timeouts.headers).", hostName(d), limitSeconds(d)),
  'time.firstToken': (d) =>
    l10n.t(
      '{0} accepted the request but sent no text within {1} seconds (quillet.timeouts.firstToken). The model may still be loading or reasoning.',
      hostName(d),
      limitSeconds(d),
    ),
  'time.idle': (d) =>
    isFetchTimeout(d)
      ? fetchTimeoutMessage(d)
      : l10n.t(
          'The response stalled: {0} sent no text for {1} seconds (quillet.timeouts.idle).',
          hostName(d),
          limitSeconds(d),
        ),
  'time.total': (d) =>
    l10n.t("The response wasn't complete after {0} seconds (quillet.timeouts.total).", limitSeconds(d)),
  'limit.answer': (d) =>
    l10n.t('Stopped. The answer is longer than {0} characters (quillet.limits.answer).', d.subject ?? ''),
  'limit.line': (d) => l10n.t('Stopped. {0} sent a line longer than {1} characters.', hostName(d), d.subject ?? ''),
  'limit.selection': (d) =>
    l10n.t(
      'The selection has {0} characters. Quillet can send at most {1} at once.',
      d.subject ?? '',
      String(d.max ?? ''),
    ),
  ...KEY_MESSAGES,
  'cfg.url': (d) => l10n.t('The base URL of provider "{0}" is invalid ({1}).', d.providerId ?? '', d.subject ?? ''),
  'cfg.provider': (d) => l10n.t('Unknown provider "{0}". Available: {1}.', d.providerId ?? '', d.subject ?? ''),
  'cfg.field': invalidFieldMessage,
  'cfg.model': (d) => l10n.t('"{0}" is not a valid model. Use the form provider/model.', d.subject ?? ''),
  'cfg.request': invalidRequestMessage,
  'cfg.arguments': invalidArgumentsMessage,
  'prompt.unknown': (d) => l10n.t('Can\'t find the prompt "{0}".', d.subject ?? ''),
  'prompt.untrusted': (d) =>
    l10n.t(
      'Can\'t find the prompt "{0}". Prompts in this workspace are available after you trust it.',
      d.subject ?? '',
    ),
  'prompt.bad': (d) => l10n.t("Can't use this prompt: {0}", d.subject ?? ''),
  'prompt.none': () => l10n.t('There is no prompt to save yet. Run one first.'),
  'prompt.variables': ({ subject = '', code }) =>
    code === 'single'
      ? `${subject.charAt(0).toLocaleUpperCase()}${subject.slice(1)}.`
      : l10n.t('The prompt uses variables that have no value here: {0}.', subject),
  'ref.missing': (d) => l10n.t("Can't find {0} in the workspace.", d.subject ?? ''),
  'ref.ambiguous': (d) => l10n.t('{0} has several matches: {1}. Add the path.', d.subject ?? '', d.file ?? ''),
  'ref.outside': (d) => l10n.t('{0} is outside the workspace, so nothing was sent.', d.subject ?? ''),
  'ref.toolarge': (d) =>
    l10n.t('{0} is too large to send. Refer to some of its lines, as in {1}.', d.subject ?? '', '@cart.ts:8-17'),
  'ref.binary': (d) => l10n.t('{0} is not a text file, so nothing was sent.', d.subject ?? ''),
  'ref.empty': (d) => l10n.t('{0} is empty, so nothing was sent.', d.subject ?? ''),
  'ref.lines': (d) =>
    l10n.t('{0} is out of range. The last line is {1}.', d.subject ?? '', (d.max ?? 0).toLocaleString()),
  'ref.toomany': (d) => l10n.t('A question can have up to {0} references.', String(d.max ?? 0)),
  'ref.nothing': missingContextMessage,
  ...PICTURE_MESSAGES,
  ...LANGUAGE_MODEL_MESSAGES,
  'editor.none': () => l10n.t('Open a text editor first.'),
  'editor.selection': () => l10n.t('Select some text first.'),
  'editor.request': () => l10n.t('There is no request here. Run a prompt or preview a request first.'),
  'editor.problem': () => l10n.t('There are no problems to fix in this document.'),
  'editor.thread': () => l10n.t('There is no answer here. Explain a selection first.'),
  'doc.readonly': (d) =>
    d.subject === 'rest'
      ? l10n.t("This document became read-only, so the rest of the answer wasn't written.")
      : l10n.t('This document is read-only, so nothing was written.'),
  'doc.closed': (d) =>
    isUnsent(d)
      ? l10n.t('The document was closed, so nothing was sent.')
      : l10n.t('The document was closed before the answer could be written.'),
  'doc.conflict': (d) =>
    isUnsent(d)
      ? changedBeforeSending()
      : l10n.t('The text was edited where the answer should go, so nothing was overwritten.'),
  'doc.changed': (d) =>
    isUnsent(d)
      ? changedBeforeSending()
      : l10n.t('The file changed on disk where the answer should go, so nothing was overwritten.'),
  'doc.gone': () => l10n.t('The code this answer is about is no longer in the file, so nothing was written.'),
  'doc.undo': (d) => (isUnsent(d) ? changedBeforeSending() : l10n.t('Undone. The answer was stopped.')),
  'doc.busy': () => l10n.t('Another answer is being written here. Stop it or wait until it finishes.'),
  'doc.applyfalse': () =>
    l10n.t("Couldn't write the answer into the editor after several tries. You can still copy or open it."),
  'doc.binary': () => l10n.t("The selection isn't text."),
  'doc.toolarge': (d) =>
    l10n.t(
      "VS Code doesn't give extensions access to files over {0} MB. This file is {1} MB.",
      String(d.max ?? ''),
      d.subject ?? '',
    ),
  'doc.choice': ({ subject }) => {
    if (subject === 'diff') return l10n.t("The answer is a diff that doesn't match the selected code.");
    if (subject === '1') return l10n.t('The answer has text around its code block. Choose what to use.');
    return l10n.t('The answer contains {0} code blocks. Choose which one to use.', subject ?? '');
  },
  'doc.excluded': exclusionMessage,
  'review.conflict': () =>
    l10n.t('The lines that the proposal changes have been edited since you requested it, so nothing was written.'),
  'review.replaced': () => l10n.t("Another answer has replaced this one, so the code block wasn't used."),
  'review.single': () => l10n.t("This answer doesn't have multiple code blocks to choose from."),
  'review.none': () => l10n.t('There is no proposal here. Rewrite a selection first.'),
  'editor.prompt': () =>
    l10n.t("Open a prompt file first: one of your own, or one in a trusted workspace's prompt folder."),
  'editor.elsewhere': () => l10n.t('Select some text in another file first to try the prompt on it.'),
  'git.missing': () =>
    l10n.t(
      "VS Code's Git extension isn't available. It may be disabled, unable to find Git, or running on a different machine than Quillet.",
    ),
  'git.none': () => l10n.t('There is no Git repository here. Open a folder that contains one.'),
  'git.empty': () => l10n.t('There are no changes to describe. Stage new files first.'),
  'git.box': () => l10n.t("The commit message was edited, so Quillet didn't overwrite it."),
  'scan.failed': (d) =>
    d.limitMs === undefined
      ? l10n.t("Couldn't scan the text for secrets, so it may contain some.")
      : l10n.t("The scan for secrets didn't finish within {0} seconds, so the text may contain some.", limitSeconds(d)),
  'budget.hard': (d) => budgetExceededMessage(d.budget),
  cancelled: () => l10n.t('Stopped.'),
  internal: () => l10n.t('Something went wrong in Quillet. See the log for details.'),
};

export function messageFor({ kind, details }: QuilletError, redactor: Redactor): string {
  const { serverMessage } = details;
  return MESSAGES[kind](
    serverMessage === undefined ? details : { ...details, serverMessage: redactor.excerpt(serverMessage) },
  );
}

function isUnsent({ subject }: ErrorDetails): boolean {
  return subject === 'unsent';
}

function changedBeforeSending(): string {
  return l10n.t('The text changed, so nothing was sent.');
}

function proxyMessage(details: ErrorDetails): string {
  const { host = '', subject } = details;
  const reason = reasonCode(details);
  if (subject !== undefined) {
    return l10n.t(
      "Can't connect to the proxy {0}, through which {1} is reached. Check VS Code's proxy settings. ({2})",
      subject,
      host,
      reason,
    );
  }
  return /50\d$/.test(reason)
    ? l10n.t("The proxy couldn't reach {0}. Check the address and the proxy. ({1})", host, reason)
    : l10n.t("The proxy refused to connect to {0}. Check VS Code's proxy settings. ({1})", host, reason);
}

function invalidFieldMessage({ subject = '', providerId = '', code, parameter = '' }: ErrorDetails): string {
  if (code === 'protected') return l10n.t('"{0}" of provider "{1}" can\'t set "{2}".', subject, providerId, parameter);
  if (code === 'account') {
    return l10n.t('"{0}" of provider "{1}" can be used only for: {2}.', subject, providerId, parameter);
  }
  if (code === 'tooLong') return l10n.t('"{0}" of provider "{1}" is too long.', subject, providerId);
  return code === 'notText'
    ? l10n.t('In provider "{1}", all values of "{0}" must be strings.', subject, providerId)
    : l10n.t('"{0}" of provider "{1}" must be a JSON object.', subject, providerId);
}

function invalidRequestMessage({ subject, providerId = '' }: ErrorDetails): string {
  if (subject === 'body') return l10n.t("The request body isn't a JSON object, so nothing was sent.");
  return subject === undefined
    ? l10n.t('Provider "{0}" uses the http API, which needs a request with a url and a body.', providerId)
    : l10n.t('The request for provider "{0}" uses unknown variables: {1}.', providerId, subject);
}

function invalidArgumentsMessage({ subject }: ErrorDetails): string {
  if (subject === 'destination') {
    return l10n.t('Unknown destination in the arguments for Run Prompt. Available: {0}.', DESTINATION_KINDS.join(', '));
  }
  if (subject !== undefined) return l10n.t('Invalid argument "{0}" for Run Prompt.', subject);
  return l10n.t(
    'The arguments for Run Prompt must be an object with any of these: prompt or text, destination, model, parameters, input.',
  );
}

function rateLimitMessage(details: ErrorDetails): string {
  if (details.retryAfterMs === undefined)
    return l10n.t('{0} is limiting requests: {1}', serverName(details), serverReason(details));
  const time = new Date(Date.now() + details.retryAfterMs).toLocaleTimeString([], {
    hour: 'numeric',
    minute: '2-digit',
  });
  return l10n.t('{0} is limiting requests. Try again at {1}.', serverName(details), time);
}

function missingContextMessage({ subject = '', code }: ErrorDetails): string {
  if (code === 'definitions') return l10n.t('{0} found nothing in this workspace.', subject);
  if (code === 'problems') return l10n.t('No problems are reported in this file ({0}).', subject);
  if (code === 'gitDiff') return l10n.t('No changes are staged ({0}).', subject);
  return l10n.t('{0} has no output yet. Run a command in a terminal with shell integration.', subject);
}

/** VS Code's fetch gives up after 10 seconds to connect and 300 of silence, whatever Quillet's own timeouts are. */
function isFetchTimeout(details: ErrorDetails): boolean {
  return details.code?.startsWith('UND_ERR_') === true;
}

function fetchTimeoutMessage(details: ErrorDetails): string {
  return l10n.t(
    '{0} sent nothing for {1} seconds, so VS Code closed the connection. Keep the model loaded or send a smaller prompt.',
    hostName(details),
    limitSeconds(details),
  );
}
