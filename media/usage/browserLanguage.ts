/**
 * uPlot makes a format for the browser's language when it is loaded, and Chromium on a system without a language
 * (`LANG=C`) calls it `en-US@posix`, which no format knows: without this the page would stay empty.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}

export {};
