// Counts and prints what the tests report, the same way for every kind of test.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { inProject } from './paths.mjs';

/** Where each kind of test leaves what became of every test, for `npm run faults`. */
export const resultFolder = inProject('test-results', 'runs');

const isVerbose = process.env.QUILLET_VERBOSE !== undefined;
const isTerminal = process.stdout.isTTY === true;

/** @typedef {{ tier: string, passed: number, failed: number, retried: number, seconds: number }} TierResult */

/** Collects the events of one kind of test. */
export class Results {
  /** @type {string[]} */
  #passed = [];
  /** @type {{ title: string, message: string, stack: string }[]} */
  #failures = [];
  /** Tries that failed before the last, by title: a test that needs them is not well. @type {Map<string, string[]>} */
  #retries = new Map();
  #start = Date.now();
  /** Whether the tests said that they ran to their end. */
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
    } else if (event.type === 'retry') {
      this.#retry(event.title, event.message, event.stack);
    } else if (event.type === 'log') {
      process.stdout.write(`  ${event.text}\n`);
    } else {
      this.isComplete = true;
    }
  }

  /**
   * A failure that is not a test's, such as a host that did not start, counts like one.
   * @param {string} title
   * @param {string} message
   */
  fail(title, message, stack = '') {
    this.#failures.push({ title, message, stack });
    process.stdout.write(`  FAILED ${title}\n${indent(stack.includes(message) ? stack : `${message}\n${stack}`)}\n`);
  }

  /**
   * A look at what a run left behind, which counts like a test.
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

  #retry(title, message, stack) {
    const reasons = [...(this.#retries.get(title) ?? []), message];
    this.#retries.set(title, reasons);
    process.stdout.write(`  RETRIED ${reasons.length}: ${title}\n${indent(isVerbose ? stack : message)}\n`);
  }

  /** Prints the summary of this kind of test. None at all is a failure. @returns {TierResult} */
  finish() {
    if (!this.isComplete) {
      this.fail(`${this.tier}: the run ended early`, 'The tests did not run to their end.');
    } else if (this.#passed.length + this.#failures.length === 0) {
      this.fail(`${this.tier}: no test ran`, 'A run without tests does not count as green.');
    }
    const seconds = (Date.now() - this.#start) / 1000;
    const retried = [...this.#retries.values()].flat().length;
    const result = { tier: this.tier, passed: this.#passed.length, failed: this.#failures.length, retried, seconds };
    const mark = result.failed === 0 ? 'ok' : 'FAILED';
    process.stdout.write(
      `${this.tier.padEnd(20)} ${mark.padEnd(7)} ${result.passed} of ${result.passed + result.failed} in ${seconds.toFixed(1)} s${told(retried)}\n`,
    );
    return result;
  }

  /**
   * Keeps what became of every test, as long as all of them ran.
   * @param {string} tier a word
   */
  save(tier) {
    if (!this.isComplete) {
      return;
    }
    const of = (title, passed) => {
      const retries = this.#retries.get(title);
      return { title, passed, tier, ...(retries === undefined ? {} : { retries }) };
    };
    const tests = [
      ...this.#passed.map((title) => of(title, true)),
      ...this.#failures.map(({ title }) => of(title, false)),
    ];
    fs.mkdirSync(resultFolder, { recursive: true });
    fs.writeFileSync(path.join(resultFolder, `${tier}.json`), `${JSON.stringify(tests, undefined, 1)}\n`);
  }

  /** Prints the name of this kind of test, so that a wait has a reason. */
  announce() {
    process.stdout.write(isTerminal || isVerbose ? `${this.tier} ...\n` : '');
  }
}

/**
 * How many tries were repeated, for the line that sums up.
 * @param {number} retried
 */
export function told(retried) {
  return retried === 0 ? '' : `, ${retried} retried`;
}

/** @param {string} text */
function indent(text) {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
