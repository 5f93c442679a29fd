import { asFields, type Fields, parseJson } from '../../util/json';
import { withoutUndefined } from '../../util/withoutUndefined';

export interface ServerError {
  readonly message?: string;
  /** Lower case, from `code`, `type`, `status` and similar fields, outermost first. */
  readonly codes: readonly string[];
  readonly parameter?: string;
}

// A longer message is a dump. It is shortened for users only after redaction.
const MAX_MESSAGE_LENGTH = 4000;
const MAX_DEPTH = 8;

// In this order, in lower case. The word of the server may be in any of them, or in an object or a list below one.
const MESSAGE_FIELDS = [
  'message',
  'error_description',
  'detail',
  'error',
  'errors',
  'error_message',
  'errormessage',
  'error_msg',
  'errormsg',
  'msg',
  'status_msg',
  'status_message',
  'base_resp',
  'fault',
  'faultstring',
  'reason',
  'description',
  'title',
  'err',
] as const;

// Objects that may contain the message. Strings in these fields may be anything, such as an answer.
const CONTAINERS = ['data', 'result', 'response', 'output', 'header', 'responsemetadata'] as const;

const CODE_FIELDS = ['code', 'type', 'status', 'error_code', 'status_code', 'errorcode', '__type'];

/** Finds the message of an error response: OpenAI's `error.message`, FastAPI's `detail`, gateways' `msg`, or text. */
export function serverMessage(body: unknown): string | undefined {
  return findMessage(body, 0);
}

export function readServerError(body: unknown): ServerError {
  const objects = [...errorObjects(body, 0)];
  const message = serverMessage(body);
  const parameter = objects.map(parameterOf).find((name) => name !== undefined);
  return { codes: objects.flatMap(codesOf), ...withoutUndefined({ message, parameter }) };
}

/** Finds an error that a body names although it may also have an answer, such as `error`, or that of the first choice. */
export function explicitError(body: unknown): unknown {
  const fields = asFields(body);
  if (fields === undefined) return undefined;
  const error = [fields['error'], choiceError(fields)].find(isPresent);
  if (error !== undefined) return error;
  // FastChat and vLLM, then MiniMax.
  if (fields['object'] === 'error') return fields;
  const status = asFields(fields['base_resp'])?.['status_code'];
  return typeof status === 'number' && status !== 0 ? fields['base_resp'] : undefined;
}

export function isAnswer(body: unknown): boolean {
  const fields = asFields(body);
  const lists = [fields?.['choices'], fields?.['output'], fields?.['candidates'], fields?.['content']];
  return lists.some((list) => Array.isArray(list) && list.length > 0);
}

function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function findMessage(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === 'string') return messageOfText(value, depth);
  if (Array.isArray(value)) return value.length === 0 ? undefined : validationMessage(value[0], depth);
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const own = ownMessage(fields, depth) ?? findMessage(choiceError(fields), depth + 1);
  const { param } = fields;
  const quoted = typeof param === 'string' && param.includes(' ') ? param : asFields(fields['metadata'])?.['raw'];
  const raw = findMessage(quoted, depth + 1);
  if (raw === undefined || own?.includes(raw) === true) return own;
  // OpenRouter's own message only says "Provider returned error", and others' "Param Incorrect".
  return own === undefined ? raw : `${own.replace(/[.:]$/, '')}: ${raw}`;
}

function ownMessage(fields: Fields, depth: number): string | undefined {
  const names = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]));
  const valueFor = (name: string) => fields[names.get(name) ?? name];
  for (const value of [...MESSAGE_FIELDS.map(valueFor), ...CONTAINERS.map(valueFor).map(asFields)]) {
    const found = findMessage(value, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

// A gateway may quote the whole error of the server behind it as JSON.
function messageOfText(text: string, depth: number): string | undefined {
  const isJson = /^\s*[[{]/.test(text) && text.length < 10 * MAX_MESSAGE_LENGTH;
  const quoted = isJson ? findMessage(parseJson(text), depth + 1) : undefined;
  const message = quoted ?? cleanMessage(text);
  return message === undefined || /^(?:ok|success|succeeded)\.?$/i.test(message) ? undefined : message;
}

// An entry of FastAPI's list: `{ loc: ['body', 'model'], msg: 'Field required' }`.
function validationMessage(entry: unknown, depth: number): string | undefined {
  const { loc, msg } = asFields(entry) ?? {};
  if (typeof msg !== 'string') return findMessage(entry, depth + 1);
  const field = Array.isArray(loc) ? loc.filter((part) => part !== 'body').join('.') : '';
  return cleanMessage(field === '' ? msg : `${field}: ${msg}`);
}

function choiceError(fields: Fields): unknown {
  const choice: unknown = Array.isArray(fields['choices']) ? fields['choices'][0] : undefined;
  return asFields(choice)?.['error'];
}

function* errorObjects(value: unknown, depth: number): Generator<Fields> {
  const current: unknown = typeof value === 'string' && /^\s*[[{]/.test(value) ? parseJson(value) : value;
  const fields = asFields(Array.isArray(current) ? current[0] : current);
  if (fields === undefined || depth > MAX_DEPTH) return;
  yield fields;
  const { error, errors, base_resp: baseResponse, detail, message, innererror, metadata } = fields;
  for (const inner of [error, errors, baseResponse, detail, message, innererror, choiceError(fields)])
    yield* errorObjects(inner, depth + 1);
  yield* errorObjects(asFields(metadata)?.['raw'], depth + 1);
}

function codesOf(fields: Fields): string[] {
  return CODE_FIELDS.flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? [String(value).toLowerCase()] : [];
  });
}

// OpenAI names the parameter in `param`, FastAPI in the `loc` of an entry of `detail`.
function parameterOf({ param, loc }: Fields): string | undefined {
  const named = Array.isArray(loc) ? loc.filter((part) => part !== 'body').join('.') : param;
  return typeof named === 'string' && /^\S{1,100}$/.test(named) ? named : undefined;
}

/** Makes one line of a message or a web page. Truncates before removing tags, so that a huge page costs nothing. */
export function cleanMessage(text: string): string | undefined {
  const short = truncateAtWord(text, 4 * MAX_MESSAGE_LENGTH);
  const page = /<(?:!doctype|html|head|body|title)/i.test(short) ? withoutPageHead(short) : short;
  const plain = page
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain === '' ? undefined : truncateAtWord(plain, MAX_MESSAGE_LENGTH);
}

// The page itself usually repeats its title.
function withoutPageHead(page: string): string {
  const title = /<title[^<>]{0,100}>([^<]{0,500})/i.exec(page)?.[1]?.trim() ?? '';
  const body = page.replace(/<(title|style|script|head)\b[\s\S]*?<\/\1\s*>/gi, ' ');
  const isRepeated = title !== '' && body.replace(/\s+/g, ' ').includes(title.replace(/\s+/g, ' '));
  return isRepeated || title === '' ? body : `${title} ${body}`;
}

// Truncates between words: the redactor would not find half a key that the server echoed.
function truncateAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const truncated = text.slice(0, maxLength);
  const lastWord = truncated.search(/\s\S*$/);
  return lastWord > 0 ? truncated.slice(0, lastWord) : truncated;
}
