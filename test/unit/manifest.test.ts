import * as assert from 'node:assert/strict';
import fs from 'node:fs';
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

/** The settings that a workspace may set: preferences that move neither text nor keys. */
const workspaceSettings = ['quillet.answerLanguage', 'quillet.lightbulb', 'quillet.promptFolders'];

const text = fs.readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { commands, menus, submenus, keybindings, configuration } = manifest.contributes;
const declared = commands.map(({ command }) => command);
const settings = Object.entries(configuration.properties);

describe('the manifest', () => {
  it('has a text for each key, and no text without one', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));
    const present = Object.keys(JSON.parse(fs.readFileSync('package.nls.json', 'utf8')) as object);
    assert.deepEqual([...used].sort(), present.sort());
  });

  it('names files that are there', () => {
    const named = [...text.matchAll(/"(?:\.\/)?((?:media|l10n)(?:\/[^"]*)?)"/g)].map((match) => match[1] ?? '');
    assert.deepEqual(
      [manifest.main, manifest.browser, ...named].filter((file) => !fs.existsSync(file)),
      [],
    );
  });

  it('declares each command once, and each command that a menu or a key names', () => {
    const entries = Object.values(menus).flat();
    const named = [...entries, ...keybindings].flatMap(({ command }) => (command === undefined ? [] : [command]));
    assert.deepEqual(declared, [...new Set(declared)]);
    assert.deepEqual(
      named.filter((command) => command.startsWith('quillet.') && !declared.includes(command)),
      [],
    );
  });

  it('gives each command a title of its own, under one category', () => {
    assert.deepEqual([...new Set(commands.map(({ category }) => category))], ['%displayName%']);
    assert.equal(new Set(commands.map(({ title }) => title)).size, commands.length);
  });

  it('fills each submenu and declares each one that is used', () => {
    const used = Object.values(menus).flatMap((entries) => entries.flatMap(({ submenu }) => submenu ?? []));
    const ids = submenus.map(({ id }) => id);
    assert.deepEqual([...new Set(used)].sort(), [...ids].sort());
    assert.deepEqual(
      ids.filter((id) => (menus[id] ?? []).length === 0),
      [],
    );
  });

  it('gives each key its macOS form, and each chord its twin for whoever keeps the first key down', () => {
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

  it('has the settings of the code, with the same defaults', () => {
    const fromManifest = Object.fromEntries(settings.map(([key, setting]) => [key, setting.default]));
    const fromCode = Object.fromEntries(
      Object.entries(SETTING_DEFAULTS).map(([key, value]) => [`quillet.${key}`, value]),
    );
    assert.deepEqual(fromManifest, fromCode);
  });

  it('lets a workspace set preferences only', () => {
    const workspaceScoped = settings.filter(([, { scope }]) => scope !== 'application').map(([key]) => key);
    assert.deepEqual(
      workspaceScoped.filter((key) => !workspaceSettings.includes(key)),
      [],
    );
  });

  it('R6: works in untrusted workspaces, with every setting of the user restricted to the user', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.notEqual(untrustedWorkspaces.description ?? '', '');
    const applicationScoped = settings.filter(([, { scope }]) => scope === 'application').map(([key]) => key);
    assert.deepEqual(
      applicationScoped.filter((key) => !untrustedWorkspaces.restrictedConfigurations.includes(key)),
      [],
    );
    assert.equal(virtualWorkspaces, true, 'R9');
  });

  it('R15, needs 16: has no setting that holds a key', () => {
    const names = [...text.matchAll(/"([\w.]*(?:key|token|secret|password)[\w.]*)":\s*\{/gi)].map(([, name]) => name);
    const harmless = ['maxOutputTokens', 'needsKey', 'quillet.checkSecrets', 'quillet.timeouts.firstToken', 'tokens'];
    assert.deepEqual([...new Set(names)].sort(), ['apiKeyCommand', 'apiKeyEnv', 'keyHeader', ...harmless]);
  });

  it('N12: has no setting that turns certificate checks off, and no source that could', () => {
    const off =
      /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity|strictSSL|insecure(?:Tls|Certificates)|verify(?:Ssl|Tls)/i;
    const sources = fs.readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const files = ['package.json', ...sources.map((name) => `src/${name}`)];
    assert.deepEqual(
      files.filter((file) => off.test(fs.readFileSync(file, 'utf8'))),
      [],
    );
  });

  it('restricts only settings that exist', () => {
    const names = settings.map(([key]) => key);
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual(
      restrictedConfigurations.filter((key) => !names.includes(key)),
      [],
    );
  });

  it('is typed after the oldest VS Code that it says it runs on', () => {
    assert.equal(manifest.devDependencies['@types/vscode'], manifest.engines.vscode.replace('^', '~'));
  });
});

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  /** The systems that a package is for, where it is for some only. */
  readonly os?: readonly string[];
}

describe('R38: the packages that the project is made of', () => {
  const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '');

  it('are named by version and hash', () => {
    // npm notes no hash of what it has no use for here, which is the same tool for other systems.
    const isHashed = ({ integrity, inBundle, os }: Locked) =>
      integrity?.startsWith('sha512-') === true || inBundle === true || os !== undefined;
    assert.ok(packages.length > 100);
    assert.deepEqual(
      packages.filter(([, locked]) => locked.version === undefined || !isHashed(locked)).map(([name]) => name),
      [],
    );
  });

  it('are those that package.json asks for, by exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const locked = lock.packages[`node_modules/${name}`]?.version ?? '';
      if (name === '@types/vscode') assert.ok(locked.startsWith(version.replace(/^~|\.0$/g, '')));
      else assert.equal(locked, version, name);
    }
  });

  it('run nothing when they are installed, and are installed from the lock file only', () => {
    assert.match(fs.readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m);
    assert.match(fs.readFileSync('scripts/bootstrap.mjs', 'utf8'), /npm\('ci', '--ignore-scripts'/);
    const workflow = fs.readFileSync('.github/workflows/ci.yml', 'utf8');
    assert.match(workflow, /^permissions:\n {2}contents: read$/m);
    assert.doesNotMatch(workflow, /npm (?:i|install)\b|secrets\.|pull_request_target|: write\b/);
  });

  it('are shipped only where package.json asks for them at run time', () => {
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

describe('the translated texts', () => {
  it('are whole sentences in the source, which the extraction tool can find', () => {
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
