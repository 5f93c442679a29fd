// Reads everything in a window's page that could contain a key or a prompt.

/**
 * The page's HTML, text and input values.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string>}
 */
export function screenText(page) {
  return page.evaluate(() => {
    const boxes = [...document.querySelectorAll('input, textarea')].map((box) => Reflect.get(box, 'value'));
    return [document.documentElement.outerHTML, document.body.innerText, ...boxes].join('\n');
  });
}

/**
 * The page's web storage, cookies and IndexedDB, one entry per line. VS Code in a browser keeps globalState, workspaceState
 * and its own state in IndexedDB, as the desktop build does in `state.vscdb`.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string>}
 */
export function browserState(page) {
  return page.evaluate(async () => {
    const asText = (/** @type {unknown} */ value) =>
      value instanceof Uint8Array
        ? new TextDecoder().decode(value)
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
    const wait = (/** @type {IDBRequest} */ request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const lines = [localStorage, sessionStorage].flatMap((storage) =>
      Object.entries(storage).map(([key, value]) => `${key}: ${value}`),
    );
    lines.push(`cookies: ${document.cookie}`);
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await wait(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const content = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([wait(content.getAllKeys()), wait(content.getAll())]);
        for (const [index, key] of keys.entries()) {
          lines.push(`${name} ${store} ${key}: ${asText(values[index])}`);
        }
      }
      database.close();
    }
    return lines.join('\n');
  });
}

/**
 * Navigates away from the workbench, so that VS Code saves its state as on closing, and reads that state.
 * @param {import('playwright-core').Page} page
 * @param {string} origin
 */
export async function readStateAfterClose(page, origin) {
  page.on('dialog', (dialog) => void dialog.accept().catch(() => {}));
  await page.goto(`${origin}/version`);
  return browserState(page);
}

/**
 * Records the host of every request of a page and its workers.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string[]} hosts receives the hosts
 */
export function recordPageHosts(context, hosts) {
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol)) {
      hosts.push(url.host);
    }
  });
}
