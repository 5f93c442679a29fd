// What a window shows and keeps: everything in its page that could hold a key or a prompt.

/**
 * What is on the screen, as text, with the contents of its input boxes.
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
 * Everything that the page keeps in the browser, one line each. VS Code writes the state of a window (globalState,
 * workspaceState and its own) into databases of the browser, where on a desktop it has `state.vscdb`.
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
 * Leaves the workbench for an empty page of the same server, so that the window writes its state as when it is closed,
 * and reads that.
 * @param {import('playwright-core').Page} page
 * @param {string} origin
 */
export async function stateLeftBehind(page, origin) {
  page.on('dialog', (dialog) => void dialog.accept().catch(() => {}));
  await page.goto(`${origin}/version`);
  return browserState(page);
}

/**
 * Writes down every host that a page and its workers ask.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string[]} hosts the list to add to
 */
export function recordPageHosts(context, hosts) {
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol)) {
      hosts.push(url.host);
    }
  });
}
