import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import { OLDEST_SERVER } from '../../scripts/bootstrap.mjs';
import { SETTING_DEFAULTS } from '../../src/settings/common/settings';

interface MenuEntry {
  readonly command?: string;
  readonly submenu?: string;
}

interface Setting {
  readonly default?: unknown;
  readonly scope?: string;
}

interface Manifest {
  readonly main: string;
  readonly browser: string;
  readonly icon?: string;
  readonly repository: { readonly type: string; readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly qna: string;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly description?: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: unknown;
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly submenus: readonly { readonly id: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly mac?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

/** Preferences that affect neither where text is sent nor which key is used. */
const workspaceSettings = ['quillet.answerLanguage', 'quillet.ignore', 'quillet.lightbulb', 'quillet.promptFolders'];

const text = fs.readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { commands, menus, submenus, keybindings, configuration } = manifest.contributes;
const declared = commands.map(({ command }) => command);
const settings = Object.entries(configuration.properties);

describe('the manifest', () => {
  it('translates every key and has no unused translations', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));
    const present = Object.keys(JSON.parse(fs.readFileSync('package.nls.json', 'utf8')) as object);
    assert.deepEqual([...used].sort(), present.sort());
  });

  it('links to commands by their titles', () => {
    const texts = JSON.parse(fs.readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
    const links = Object.values(texts).flatMap((value) => [
      ...value.matchAll(/\[([^\]]+)\]\(command:quillet\.(\w+)\)/g),
    ]);
    assert.ok(links.length > 4);
    for (const [, title, id] of links) assert.equal(title, texts[`command.${id}`]);
  });

  it('refers only to files that exist', () => {
    const named = [...text.matchAll(/"(?:\.\/)?((?:media|l10n)(?:\/[^"]*)?)"/g)].map((match) => match[1] ?? '');
    assert.deepEqual(
      [manifest.main, manifest.browser, ...named].filter((file) => !fs.existsSync(file)),
      [],
    );
  });

  it('links only to its own repository', () => {
    const { repository, homepage, bugs, qna } = manifest;
    assert.match(repository.url, /^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
    for (const url of [homepage, bugs.url, qna]) assert.ok(url.startsWith(repository.url), url);
    const owner = repository.url.slice(0, repository.url.lastIndexOf('/') + 1);
    const docs = fs.readdirSync('docs').map((name) => `docs/${name}`);
    const pages = [...fs.readdirSync('.'), ...docs].filter((name) => name.endsWith('.md'));
    for (const page of pages) {
      const links = fs.readFileSync(page, 'utf8').match(new RegExp(`${owner}[\\w-]+`, 'g')) ?? [];
      assert.deepEqual(
        links.filter((link) => link !== repository.url),
        [],
        page,
      );
    }
  });

  it('has a banner color for the Marketplace', () => {
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(manifest.galleryBanner.theme, /^(?:dark|light)$/);
  });

  it('declares each command once, and every command used in menus and keybindings', () => {
    const entries = Object.values(menus).flat();
    const named = [...entries, ...keybindings].flatMap(({ command }) => (command === undefined ? [] : [command]));
    assert.deepEqual(declared, [...new Set(declared)]);
    assert.deepEqual(
      named.filter((command) => command.startsWith('quillet.') && !declared.includes(command)),
      [],
    );
  });

  it('gives every command a unique title in one category', () => {
    assert.deepEqual([...new Set(commands.map(({ category }) => category))], ['%displayName%']);
    assert.equal(new Set(commands.map(({ title }) => title)).size, commands.length);
  });

  it('declares every submenu that is used, and none that is empty', () => {
    const used = Object.values(menus).flatMap((entries) => entries.flatMap(({ submenu }) => submenu ?? []));
    const ids = submenus.map(({ id }) => id);
    assert.deepEqual([...new Set(used)].sort(), [...ids].sort());
    assert.deepEqual(
      ids.filter((id) => (menus[id] ?? []).length === 0),
      [],
    );
  });

  it('gives every keybinding a macOS form, and every chord a twin with the modifier held down', () => {
    for (const { command, key, mac } of keybindings.filter((keybinding) => keybinding.key.startsWith('ctrl+'))) {
      assert.equal(mac, key.replaceAll('ctrl+', 'cmd+'));
      const [first, second] = key.split(' ');
      if (second === undefined) continue;
      const twin = `${first} ${second.startsWith('ctrl+') ? second.slice(5) : `ctrl+${second}`}`;
      assert.ok(
        keybindings.some((keybinding) => keybinding.command === command && keybinding.key === twin),
        `${key} has no twin ${twin}`,
      );
    }
  });

  it('declares the settings of the code with the same defaults', () => {
    const fromManifest = Object.fromEntries(settings.map(([key, setting]) => [key, setting.default]));
    const fromCode = Object.fromEntries(
      Object.entries(SETTING_DEFAULTS).map(([key, value]) => [`quillet.${key}`, value]),
    );
    assert.deepEqual(fromManifest, fromCode);
  });

  it('lets workspaces set preferences only', () => {
    const workspaceScoped = settings.filter(([, { scope }]) => scope !== 'application').map(([key]) => key);
    assert.deepEqual(
      workspaceScoped.filter((key) => !workspaceSettings.includes(key)),
      [],
    );
  });

  it('supports untrusted workspaces and restricts every application-scoped setting [R06, R09]', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.notEqual(untrustedWorkspaces.description ?? '', '');
    const applicationScoped = settings.filter(([, { scope }]) => scope === 'application').map(([key]) => key);
    assert.deepEqual(
      applicationScoped.filter((key) => !untrustedWorkspaces.restrictedConfigurations.includes(key)),
      [],
    );
    assert.equal(virtualWorkspaces, true);
  });

  it('has no setting that holds an API key [R15]', () => {
    const names = [...text.matchAll(/"([\w.]*(?:key|token|secret|password)[\w.]*)":\s*\{/gi)].map(([, name]) => name);
    const harmless = ['maxOutputTokens', 'needsKey', 'quillet.checkSecrets', 'quillet.timeouts.firstToken', 'tokens'];
    assert.deepEqual([...new Set(names)].sort(), ['apiKeyCommand', 'apiKeyEnv', 'keyHeader', ...harmless]);
  });

  it('has neither a setting nor code that turns off certificate checks [N12]', () => {
    const off =
      /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity|strictSSL|insecure(?:Tls|Certificates)|verify(?:Ssl|Tls)/i;
    const sources = fs.readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const files = ['package.json', ...sources.map((name) => `src/${name}`)];
    assert.deepEqual(
      files.filter((file) => off.test(fs.readFileSync(file, 'utf8'))),
      [],
    );
  });

  it('restricts only existing settings', () => {
    const names = settings.map(([key]) => key);
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual(
      restrictedConfigurations.filter((key) => !names.includes(key)),
      [],
    );
  });

  it('uses the type definitions of the oldest supported VS Code, which the tests run', () => {
    assert.equal(manifest.devDependencies['@types/vscode'], manifest.engines.vscode.replace('^', '~'));
    // code-server 4.105 contains VS Code 1.105.
    assert.equal(OLDEST_SERVER.replace(/^4\.|\.\d+$/g, ''), /^\^1\.(\d+)\.0$/.exec(manifest.engines.vscode)?.[1]);
  });
});

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  /** The operating systems supported by a package, if not all. */
  readonly os?: readonly string[];
}

describe('the dependencies', () => {
  const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');

  it('are locked by version and hash [R38]', () => {
    // npm records no hash for packages that it skips because they are for other operating systems.
    const isHashed = ({ integrity, inBundle, os }: Locked) =>
      integrity?.startsWith('sha512-') === true || inBundle === true || os !== undefined;
    assert.ok(packages.length > 100);
    assert.deepEqual(
      packages.filter(([, locked]) => locked.version === undefined || !isHashed(locked)).map(([name]) => name),
      [],
    );
  });

  it('have exact versions in package.json that match the lock file [R38]', () => {
    const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const locked = lock.packages[`node_modules/${name}`]?.version ?? '';
      if (name === '@types/vscode') assert.ok(locked.startsWith(version.replace(/^~|\.0$/g, '')));
      else assert.equal(locked, version, name);
    }
  });

  it('are installed from the lock file only, without running scripts [R38]', () => {
    assert.match(fs.readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m);
    assert.match(fs.readFileSync('scripts/bootstrap.mjs', 'utf8'), /npm\('ci', '--ignore-scripts'/);
    const workflow = fs.readFileSync('.github/workflows/ci.yml', 'utf8');
    assert.match(workflow, /^permissions:\n {2}contents: read$/m);
    assert.doesNotMatch(workflow, /npm (?:i|install)\b|secrets\.|pull_request_target|: write\b/);
  });

  it('are shipped only if they are runtime dependencies [R38]', () => {
    const metafiles = JSON.parse(fs.readFileSync('dist/meta.json', 'utf8')) as { readonly inputs: object }[];
    const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
    const shipped = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
    const isDevelopment = (name: string) =>
      (lock.packages[`node_modules/${name}`] as { dev?: boolean } | undefined)?.dev;
    assert.deepEqual(
      [...shipped].filter((name) => isDevelopment(name) === true),
      [],
    );
  });
});

describe('the localized strings', () => {
  it('are string literals that the extraction tool can find', () => {
    const files = fs.readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const problems = files.flatMap((name) => {
      const source = fs.readFileSync(`src/${name}`, 'utf8');
      return [...source.matchAll(/l10n\.t\(\s*(?!['"{\s])|l10n\.t\(\s*'(?:[^'\\\n]|\\.)*'\s*\+/g)].map((match) => {
        return `src/${name}:${source.slice(0, match.index).split('\n').length} ${match[0]}`;
      });
    });
    assert.deepEqual(problems, []);
  });
});
