import { type PicturePlace, parsePicturePlace } from '../../core/picture';
import { parseJson } from '../../util/json';

/** Replaces the strings of a JSON text that stand for a picture, with their quotes. */
export function replacePictures(json: string, toText: (place: PicturePlace) => string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => {
    const place = quoted.endsWith('>"') ? parsePicturePlace(String(parseJson(quoted))) : undefined;
    return place === undefined ? quoted : toText(place);
  });
}
