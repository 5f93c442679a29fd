// Collects, prints and saves test results.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { inProject } from './paths.mjs';

/** Folder of the saved results, which `npm run faults` reads. */
export const resultFolder = inProject('test-results', 'runs');

const isVerbose = process.env.QUILLET_VERBOSE !== undefined;
const isTerminal = process.stdout.isTTY === true;

/** @typedef {{ tier: string, passed: number, failed: number, seconds: number }} TierResult */

/** Collects the events of one test tier. */
export class Results {
  /** @type {string[]} */
  #passed = [];
  /** @type {{ title: string, message: string, stack: string }[]} */
  #failures = [];
  #start = Date.now();
  isComplete = false;

  /** @param {string} tier */
  constructor(tier) {
    this.tier = tier;
  }

  /** @param {import('./reportServer.mjs').TestEvent} event */
  add(event) {
    if (event.type === 'pass') {
      this.#passed.push(event.title);
      if (isVerbose) {
        process.stdout.write(`  ok ${event.title} (${Math.round(event.ms)} ms)\n`);
      }
    } else if (event.type === 'fail') {
      this.fail(event.title, event.message, event.stack);
    } else if (event.type === 'log') {
      process.stdout.write(`  ${event.text}\n`);
    } else {
      this.isComplete = true;
    }
  }

  /**
   * Adds a failure, also for problems outside of tests such as a host that did not start.
   * @param {string} title
   * @param {string} message
   */
  fail(title, message, stack = '') {
    this.#failures.push({ title, message, stack });
    process.stdout.write(`  FAILED ${title}\n${indent(stack.includes(message) ? stack : `${message}\n${stack}`)}\n`);
  }

  /**
   * A check of the whole run, which counts as a test.
   * @param {string} title
   * @param {readonly string[]} problems
   */
  expectNone(title, problems) {
    if (problems.length > 0) {
      this.fail(title, problems.join('\n'));
    } else {
      this.add({ type: 'pass', title, ms: 0 });
    }
  }

  /** Prints the summary. A run of all its tests that finds none fails. @returns {TierResult} */
  finish(grep = '') {
    if (!this.isComplete) {
      this.fail(`${this.tier}: run ended early`, 'The test run did not complete.');
    } else if (grep === '' && this.#passed.length + this.#failures.length === 0) {
      this.fail(`${this.tier}: no tests ran`, 'No tests matched.');
    }
    const seconds = (Date.now() - this.#start) / 1000;
    const result = { tier: this.tier, passed: this.#passed.length, failed: this.#failures.length, seconds };
    const status = result.failed === 0 ? 'ok' : 'FAILED';
    process.stdout.write(
      `${this.tier.padEnd(20)} ${status.padEnd(7)} ${result.passed} of ${result.passed + result.failed} in ${seconds.toFixed(1)} s\n`,
    );
    return result;
  }

  /**
   * Saves the result of every test if the run is complete.
   * @param {string} tier becomes the file name
   */
  save(tier) {
    if (!this.isComplete) {
      return;
    }
    const tests = [
      ...this.#passed.map((title) => ({ title, passed: true, tier })),
      ...this.#failures.map(({ title }) => ({ title, passed: false, tier })),
    ];
    fs.mkdirSync(resultFolder, { recursive: true });
    fs.writeFileSync(path.join(resultFolder, `${tier}.json`), `${JSON.stringify(tests, undefined, 1)}\n`);
  }

  /** Shows on a terminal which tier is running. */
  announce() {
    process.stdout.write(isTerminal || isVerbose ? `${this.tier} ...\n` : '');
  }
}

/** @param {string} text */
function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
