import type { JsonValue } from '../util/json';
import type { ChatMessage, Endpoint } from './chat';
import { QuilletError } from './errors';
import { collectStrings, mapStrings } from './outboundText';
import { estimatePictureTokens, fileNameOf, type Picture, parsePicturePlace } from './picture';

/** The body as it is sent, with the bytes of the messages' pictures. */
export function embedPictures(body: JsonValue, messages: readonly ChatMessage[]): JsonValue {
  const pictures = new Map(picturesOf(messages).map((picture) => [fileNameOf(picture), picture]));
  if (pictures.size === 0) return body;
  return mapStrings(body, (text) => {
    const { prefix = '', fileName = '' } = parsePicturePlace(text) ?? {};
    const picture = pictures.get(fileName);
    return picture === undefined ? text : prefix + toBase64(picture.bytes);
  });
}

export function picturesOf(messages: readonly ChatMessage[]): Picture[] {
  return messages.flatMap(({ pictures = [] }) => pictures);
}

export function countPictureTokens(messages: readonly ChatMessage[]): number {
  return picturesOf(messages).reduce((sum, picture) => sum + estimatePictureTokens(picture), 0);
}

/** A `picture.style` error if there are pictures that the API style can't send. */
export function findPictureProblem(endpoint: Endpoint, pictures: readonly Picture[]): QuilletError | undefined {
  if (pictures.length === 0 || takesPictures(endpoint)) return undefined;
  const { providerId, label: providerLabel, api } = endpoint;
  return new QuilletError('picture.style', { providerId, providerLabel, subject: api });
}

function takesPictures({ api, request }: Endpoint): boolean {
  if (api !== 'http') return api !== 'completions';
  return request !== undefined && collectStrings(request.body).includes('${images}');
}

// Arguments of a function call are limited. The size is divisible by 3, so that the parts can be joined.
const BASE64_CHUNK = 3 * 8192;

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += BASE64_CHUNK) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(start, start + BASE64_CHUNK))));
  }
  return parts.join('');
}
