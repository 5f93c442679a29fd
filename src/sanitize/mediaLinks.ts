// The extensions that VS Code treats as an image or a video.
const MEDIA_EXTENSION = /\.(?:bmp|gif|jpe?g|png|svg|webp|ico|tiff?|mp4)(?!\w)/i;
const LINK_SYNTAX = /[a-z]:[\\/]|[\\/]{2}|\][([:]|[<=]/i;

/**
 * Whether a line of Markdown may link to an image or a video, which VS Code loads when the mouse hovers over the link
 * in an editor. Errs on the side of true: character references, percent-encoding and backslashes are decoded first.
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

// Only ASCII characters can be part of a file extension.
function decodeCharacter(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code < 128 ? String.fromCharCode(code) : '?';
}
