function text(characters: string): number[] {
  return [...characters].map((character) => character.charCodeAt(0));
}

function big(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (value >>> (8 * (length - 1 - index))) & 0xff);
}

function little(value: number, length: number): number[] {
  return big(value, length).reverse();
}

/** The header of a PNG, and bytes up to a size. */
export function png(width: number, height: number, size = 100): Uint8Array<ArrayBuffer> {
  const header = [
    0x89,
    ...text('PNG\r\n\u001a\n'),
    ...big(13, 4),
    ...text('IHDR'),
    ...big(width, 4),
    ...big(height, 4),
  ];
  const bytes = new Uint8Array(size).map((_, index) => index % 251);
  bytes.set(header);
  return bytes;
}

export function jpeg(width: number, height: number): Uint8Array<ArrayBuffer> {
  const exif = [0xff, 0xe1, ...big(8, 2), ...text('Exif\0\0')];
  return new Uint8Array([0xff, 0xd8, ...exif, 0xff, 0xc0, ...big(17, 2), 8, ...big(height, 2), ...big(width, 2), 3]);
}

export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width: number, height: number): Uint8Array<ArrayBuffer> {
  const payloads = {
    'VP8 ': [0, 0, 0, 0x9d, 0x01, 0x2a, ...little(width, 2), ...little(height, 2)],
    VP8L: [0x2f, ...little((width - 1) | ((height - 1) << 14), 4)],
    VP8X: [0, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)],
  };
  const payload = payloads[kind];
  return new Uint8Array([
    ...text('RIFF'),
    ...little(payload.length + 12, 4),
    ...text('WEBP'),
    ...text(kind),
    ...little(payload.length, 4),
    ...payload,
  ]);
}

export const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
