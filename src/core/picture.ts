import type { JsonValue } from '../util/json';
import { collectStrings } from './outboundText';

export type PictureFormat = 'png' | 'jpeg' | 'webp';

export interface Picture {
  readonly bytes: Uint8Array;
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** Where a request's body has a picture: a placeholder that only the transport replaces by the picture's bytes. */
export interface PicturePlace {
  /** What precedes the bytes in Base64: the beginning of a data URL, or nothing. */
  readonly prefix: string;
  readonly fileName: string;
}

const PLACE_PATTERN = /^(data:image\/\w+;base64,)?<(picture-[0-9a-f]{16}\.(?:png|jpeg|webp)) \d+×\d+, \d+ bytes>$/;

/** Stands for the Base64 of a picture in bodies that are built, shown and copied. */
export function toPlaceholder(picture: Picture): string {
  return `<${fileNameOf(picture)} ${picture.width}×${picture.height}, ${picture.bytes.length} bytes>`;
}

export function toDataUrlPlaceholder(picture: Picture): string {
  return `data:image/${picture.format};base64,${toPlaceholder(picture)}`;
}

export function parsePicturePlace(text: string): PicturePlace | undefined {
  const [, prefix = '', fileName] = PLACE_PATTERN.exec(text) ?? [];
  return fileName === undefined ? undefined : { prefix, fileName };
}

export function hasPicturePlace(body: JsonValue | undefined): boolean {
  return body !== undefined && collectStrings(body).some((text) => parsePicturePlace(text) !== undefined);
}

/** OpenAI's formula for pictures in high detail: 85, and 170 for each tile of 512 pixels after scaling down. */
export function estimatePictureTokens({ width, height }: Pick<Picture, 'width' | 'height'>): number {
  const scale = Math.min(1, 2048 / Math.max(width, height), 768 / Math.min(width, height));
  const tiles = (length: number) => Math.ceil(Math.round(length * scale) / 512);
  return 85 + 170 * tiles(width) * tiles(height);
}

export function fileNameOf({ hash, format }: Picture): string {
  return `picture-${hash.slice(0, 16)}.${format}`;
}
