import { imageDimensionsFromData } from 'image-dimensions';
import { QuilletError } from '../../core/errors';
import { estimatePictureTokens, type Picture, type PictureFormat } from '../../core/picture';
import { sha256 } from '../../util/sha256';

export const MAX_PICTURE_BYTES = 10_000_000;
export const MAX_PICTURES = 10;
/** Of all pictures in memory. The oldest ones are forgotten first. */
const MAX_TOTAL_BYTES = 100_000_000;
const MARKER_PATTERN = /\[picture \d+ · \d+×\d+ · ≈ [\d,]+ tokens\]/g;

/** The pictures that were pasted in this window, in memory only, each by the marker that stands for it in questions. */
export class PictureStore {
  private readonly pictures = new Map<string, Picture>();
  private count = 0;

  constructor(private readonly maxTotalBytes = MAX_TOTAL_BYTES) {}

  /**
   * @returns the marker; pasting the same picture again gives the same one.
   * @throws QuilletError `picture.*`
   */
  async add(bytes: Uint8Array): Promise<string> {
    const picture = await toPicture(bytes);
    const [known] = [...this.pictures].find(([, { hash }]) => hash === picture.hash) ?? [];
    if (known === undefined) this.count += 1;
    const marker = known ?? toMarker(this.count, picture);
    this.pictures.delete(marker);
    this.pictures.set(marker, picture);
    this.trim();
    return marker;
  }

  /** @throws QuilletError `picture.gone`, naming the marker, or `picture.toomany` */
  find(question: string): readonly Picture[] {
    const markers = findMarkers(question);
    if (markers.length > MAX_PICTURES) throw new QuilletError('picture.toomany', { max: MAX_PICTURES });
    return markers.map((marker) => {
      const picture = this.pictures.get(marker);
      if (picture === undefined) throw new QuilletError('picture.gone', { subject: marker });
      return picture;
    });
  }

  private trim(): void {
    let bytes = 0;
    for (const [marker, picture] of [...this.pictures].reverse()) {
      bytes += picture.bytes.length;
      if (bytes > this.maxTotalBytes) this.pictures.delete(marker);
    }
  }
}

/** Each once, in order. */
export function findMarkers(text: string): readonly string[] {
  return [...new Set(text.match(MARKER_PATTERN))];
}

function toMarker(number: number, picture: Picture): string {
  const tokens = estimatePictureTokens(picture).toLocaleString('en-US');
  return `[picture ${number} · ${picture.width}×${picture.height} · ≈ ${tokens} tokens]`;
}

async function toPicture(content: Uint8Array): Promise<Picture> {
  if (content.length === 0) throw new QuilletError('picture.empty');
  if (content.length > MAX_PICTURE_BYTES) throw new QuilletError('picture.toolarge', { max: MAX_PICTURE_BYTES / 1e6 });
  // VS Code's bytes are valid only while it pastes.
  const bytes = new Uint8Array(content);
  const { type = '', width = 0, height = 0 } = imageDimensionsFromData(bytes) ?? {};
  if (!isSupported(type) || width === 0 || height === 0) throw new QuilletError('picture.format');
  return { bytes, format: type, width, height, hash: await sha256(bytes) };
}

function isSupported(type: string): type is PictureFormat {
  return ['png', 'jpeg', 'webp'].includes(type);
}
