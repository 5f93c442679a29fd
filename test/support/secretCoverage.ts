import { scanForSecrets } from '../../src/secrets/secretScanner';

/** Loading the rules may take long on a busy machine. */
const options = { limitMs: 60_000 };

export interface Coverage {
  /** Whether the findings include the whole secret. */
  readonly isFound: boolean;
  /** How many characters around the secret they include. */
  readonly extra: number;
}

export async function coverageOf(text: string, secret: string): Promise<Coverage> {
  const start = text.indexOf(secret);
  const end = start + secret.length;
  const found = (await scanForSecrets(text, options)).filter((hit) => hit.start < end && hit.end > start);
  const first = Math.min(...found.map((hit) => hit.start));
  const last = Math.max(...found.map((hit) => hit.end));
  const isFound = found.length > 0 && first <= start && last >= end;
  return { isFound, extra: isFound ? start - first + last - end : 0 };
}

/** Writes a table of what was found to the output of the test run. */
export class RecallTable {
  private readonly rows: string[] = [];

  constructor(private readonly title: string) {}

  add(name: string, found: number, samples: number): void {
    this.rows.push(`${name.padEnd(34)}${String(samples).padStart(7)}${String(found).padStart(7)}`);
  }

  print(): void {
    process.stdout.write(`${[`${this.title.padEnd(34)}samples  found`, ...this.rows].join('\n')}\n`);
  }
}
