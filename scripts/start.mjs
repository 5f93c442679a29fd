// npm start: opens VS Code with Quillet, a demo model and a sample folder in the browser.
// npm start -- --check: tests the demo in a headless browser.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { check } from './demo/check.mjs';
import { startDemo } from './demo/demo.mjs';
import { openInBrowser } from './demo/openInBrowser.mjs';
import { samples } from './demo/samples.mjs';

const USAGE = `Usage: npm start [-- options]

  --check       test the demo in a headless browser and print the answers
  --no-open     don't open the browser
  --speed N     stream answers N times as fast (default: 1)
  --port N      port of the demo model (default: any free port)
  --help        show this help
`;

const OPTIONS = /** @type {const} */ ({
  check: { type: 'boolean', default: false },
  'no-open': { type: 'boolean', default: false },
  speed: { type: 'string' },
  port: { type: 'string', default: '0' },
  help: { type: 'boolean', default: false },
});

await main();

async function main() {
  const { values } = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const speed = parseNumber('speed', values.speed ?? (values.check ? '3' : '1'), (value) => value > 0 && value <= 1000);
  const port = parseNumber('port', values.port, (value) => Number.isInteger(value) && value >= 0 && value < 65_536);
  if (values.check) {
    process.exit(await check({ speed, port }));
  }
  await runDemo({ speed, port, mayOpen: !values['no-open'] });
}

async function runDemo({ speed, port, mayOpen }) {
  const demo = await startDemo({ speed, port });
  const isOpening = mayOpen && openInBrowser(demo.link);
  process.stdout.write(nextSteps(demo.link, isOpening));
  const code = await demo.server.ended;
  process.stderr.write(`VS Code exited with code ${code}.\n`);
  process.exit(1);
}

function nextSteps(link, isOpening) {
  const [cart] = samples;
  const key = process.platform === 'darwin' ? 'Cmd+K' : 'Ctrl+K';
  const lines = `${cart.firstLine} to ${cart.lastLine}`;
  return `
Quillet is running in VS Code${isOpening ? ' in your browser' : ''}:

  ${link}

Try this:
  1. Open ${cart.file}, select lines ${lines} (${cart.name}) and press ${key}, then G. The answer appears below them.
  2. Select the same lines, press ${key}, then ' and describe a change. Your file changes only when you accept it.
  3. Select the comment on the last line of ${cart.file} and press ${key}, then ; to insert code below it.
  For more, see README.md in the sample folder.

The answers come from a demo model on this computer; nothing leaves it. The sample folder is a temporary copy.
Press Ctrl+C to stop.
`;
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function parseNumber(name, text, isValid) {
  const value = Number(text);
  if (text.trim() === '' || !isValid(value)) {
    process.stderr.write(`Invalid value for --${name}: "${text}".\n\n${USAGE}`);
    process.exit(2);
  }
  return value;
}
