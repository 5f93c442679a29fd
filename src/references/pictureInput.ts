import {
  type DataTransfer,
  Disposable,
  DocumentDropEdit,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  l10n,
  languages,
  type TextDocument,
  Uri,
} from 'vscode';
import { QuilletError } from '../core/errors';
import type { FileExclusions } from '../ignore/fileExclusions';
import { readFileBytes, statFile } from '../platform/fileSystem';
import { findMarkers, MAX_PICTURE_BYTES, MAX_PICTURES, type PictureStore } from './common/pictureStore';

const KIND = DocumentDropOrPasteEditKind.Empty.append('quillet', 'picture');
const MIME_TYPES = ['image/*', 'text/uri-list'];
const PICTURE_NAME = /\.(?:png|jpe?g|webp|gif|svg|bmp|avif|heic)$/i;

export interface PictureInputServices {
  readonly pictures: PictureStore;
  readonly exclusions: Pick<FileExclusions, 'requireAllowed'>;
  readonly isQuestionBox: (document: TextDocument) => boolean;
  readonly reportError: (thrown: unknown) => void;
}

/** Inserts markers for pictures that are pasted or dropped into a question box. */
export function registerPictureInput(services: PictureInputServices): Disposable {
  const selector = { scheme: 'comment' };
  const title = l10n.t('Attach Picture');
  return Disposable.from(
    languages.registerDocumentPasteEditProvider(
      selector,
      {
        provideDocumentPasteEdits: async (box, ranges, transfer) => {
          const markers = await insertPictures(services, box, transfer);
          // An edit without text would delete the selected text.
          const isEdit = markers !== undefined && (markers !== '' || ranges.every(({ isEmpty }) => isEmpty));
          return isEdit ? [new DocumentPasteEdit(markers, title, KIND)] : undefined;
        },
      },
      { providedPasteEditKinds: [KIND], pasteMimeTypes: MIME_TYPES },
    ),
    languages.registerDocumentDropEditProvider(
      selector,
      {
        provideDocumentDropEdits: async (box, _position, transfer) => {
          const markers = await insertPictures(services, box, transfer);
          return markers === undefined ? undefined : new DocumentDropEdit(markers, title, KIND);
        },
      },
      { providedDropEditKinds: [KIND], dropMimeTypes: MIME_TYPES },
    ),
  );
}

/** The markers of the pictures. Undefined if there are none, and empty if they are refused. */
export async function insertPictures(
  { pictures, exclusions, isQuestionBox, reportError }: PictureInputServices,
  box: TextDocument,
  transfer: DataTransfer,
): Promise<string | undefined> {
  if (!isQuestionBox(box)) return undefined;
  const sources = await findPictures(transfer);
  if (sources.length === 0) return undefined;
  try {
    if (findMarkers(box.getText()).length + sources.length > MAX_PICTURES) {
      throw new QuilletError('picture.toomany', { max: MAX_PICTURES });
    }
    const markers: string[] = [];
    for (const { uri, read } of sources) {
      if (uri !== undefined) await exclusions.requireAllowed(uri);
      markers.push(await pictures.add(await read()));
    }
    return markers.join(' ');
  } catch (thrown) {
    reportError(thrown);
    return '';
  }
}

interface PictureSource {
  readonly uri?: Uri | undefined;
  readonly read: () => PromiseLike<Uint8Array>;
}

/** Image data, files of the operating system, or else files of VS Code's Explorer. */
async function findPictures(transfer: DataTransfer): Promise<readonly PictureSource[]> {
  const files = [...transfer].flatMap(([type, item]) => (type.startsWith('image/') ? (item.asFile() ?? []) : []));
  if (files.length > 0) {
    const text = (await transfer.get('text/plain')?.asString())?.trim() ?? '';
    // Spreadsheets also copy an image of their cells. Beside a file, the text is its name or path.
    const isText = text !== '' && !files.some(({ name }) => text.endsWith(name));
    return isText ? [] : files.map((file) => ({ uri: file.uri, read: () => file.data() }));
  }
  const list = (await transfer.get('text/uri-list')?.asString()) ?? '';
  const uris = list.split(/\r?\n/).filter((line) => PICTURE_NAME.test(line) && !line.startsWith('#'));
  return uris.map((line) => Uri.parse(line)).map((uri) => ({ uri, read: () => readPictureFile(uri) }));
}

async function readPictureFile(uri: Uri): Promise<Uint8Array> {
  const { size = 0 } = (await statFile(uri)) ?? {};
  if (size > MAX_PICTURE_BYTES) throw new QuilletError('picture.toolarge', { max: MAX_PICTURE_BYTES / 1e6 });
  return (await readFileBytes(uri)) ?? new Uint8Array();
}
