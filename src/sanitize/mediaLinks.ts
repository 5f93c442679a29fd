/** What VS Code takes for an image or a video by the end of its name. */
const MEDIA_EXTENSION = /\.(?:bmp|gif|jpe?g|png|svg|webp|ico|tiff?|mp4)(?!\w)/i;
/** What may make an address or a link of a name. */
const LINK_SYNTAX = /[a-z]:[\\/]|[\\/]{2}|\][([:]|[<=]/i;

/**
 * Whether a line of Markdown may hold the address of an image or a video. VS Code shows what such an address leads to as soon
 * as the mouse rests on it in an editor, and so asks its server. Rather too often than too rarely: marks that Markdown or an
 * address can be written with are read as what they stand for.
 */
export function mayLinkMedia(line: string): boolean {
  if (!LINK_SYNTAX.test(line)) return false;
  const decoded = line
    .replace(/&#(\d{1,7});?|&period;/gi, (_, code?: string) => decodeCharacter(code ?? '46', 10))
    .replace(/&#x([0-9a-f]{1,6});?|%([0-9a-f]{2})/gi, (_, entityCode?: string, percentCode?: string) =>
      decodeCharacter(entityCode ?? percentCode ?? '', 16),
    );
  return MEDIA_EXTENSION.test(decoded.replaceAll('\\', ''));
}

/** Only what is ASCII can be part of the end of a name. */
function decodeCharacter(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code < 128 ? String.fromCharCode(code) : '?';
}
