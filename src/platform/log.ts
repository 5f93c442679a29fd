import { type LogOutputChannel, window } from 'vscode';
import { isQuilletError, type QuilletError } from '../core/errors';
import { type Redactor, toSingleLine } from '../sanitize/redactor';

/** Facts of one log line, written as `name=value`. Undefined ones are left out. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/**
 * The only output channel. Every line passes the redactor and is one line, so that neither a key nor a forged entry gets
 * in. Prompts and answers are never given to it. The channel is made on the first line: activation costs nothing.
 */
export class Log {
  private channel: LogOutputChannel | undefined;

  constructor(private readonly redactor: Redactor) {}

  info(topic: string, fields: LogFields): void {
    this.getChannel().info(this.formatLine(topic, fields));
  }

  warn(topic: string, fields: LogFields): void {
    this.getChannel().warn(this.formatLine(topic, fields));
  }

  /** Where an unexpected error comes from goes to the log at debug level only, and without what it says: that may quote text. */
  error(topic: string, thrown: unknown, fields: LogFields = {}): void {
    const errorKind = isQuilletError(thrown) ? thrown.kind : 'internal';
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    const message = isQuilletError(thrown) ? loggedMessage(thrown) : undefined;
    this.getChannel().error(this.formatLine(topic, { ...fields, class: errorKind, error: name, message }));
    const cause = isQuilletError(thrown) ? thrown.cause : thrown;
    if (cause instanceof Error) this.getChannel().debug(this.sanitize(stackFrames(cause)));
  }

  show(): void {
    this.getChannel().show(true);
  }

  dispose(): void {
    this.channel?.dispose();
  }

  private getChannel(): LogOutputChannel {
    this.channel ??= window.createOutputChannel('Quillet', { log: true });
    return this.channel;
  }

  private formatLine(topic: string, fields: LogFields): string {
    const pairs = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${formatValue(value)}`);
    return this.sanitize([topic, ...pairs].join(' '));
  }

  private sanitize(text: string): string {
    return toSingleLine(this.redactor.redact(text));
  }
}

/** The stack of an error, without the message that stands in front of it. */
function stackFrames({ name, message, stack = '' }: Error): string {
  const messageEnd = stack.indexOf(message) + message.length;
  const frames = stack.slice(messageEnd).split('\n');
  return [name, ...frames.filter((line) => /^\s+at \S/.test(line))].join('\n');
}

/** A refusal is in the model's own words: it is an answer, and no answer is logged. */
function loggedMessage({ kind, details }: QuilletError): string | undefined {
  return kind === 'finish.refusal' ? undefined : details.serverMessage;
}

function formatValue(value: string | number | undefined): string {
  return typeof value === 'string' && /[\s"]/.test(value) ? JSON.stringify(value) : String(value);
}
