/**
 * uPlot creates a number format for the browser's language on load. Without a system language (`LANG=C`), Chromium
 * reports `en-US@posix`, which Intl rejects, and the page would stay empty.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}

export {};
