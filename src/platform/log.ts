import { type LogOutputChannel, window } from 'vscode';
import { isQuilletError, type QuilletError } from '../core/errors';
import { type Redactor, toSingleLine } from '../sanitize/redactor';

export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** Every line is redacted and kept on one line. Never pass prompts or answers. */
export class Log {
  private channel: LogOutputChannel | undefined;

  constructor(private readonly redactor: Redactor) {}

  info(topic: string, fields: LogFields): void {
    this.getChannel().info(this.formatLine(topic, fields));
  }

  warn(topic: string, fields: LogFields): void {
    this.getChannel().warn(this.formatLine(topic, fields));
  }

  /** Logs the stack of unexpected errors at debug level, without the message: it may quote prompts. */
  error(topic: string, thrown: unknown, fields: LogFields = {}): void {
    const description = isQuilletError(thrown)
      ? { kind: thrown.kind, message: this.loggedMessage(thrown) }
      : { kind: 'internal', error: thrown instanceof Error ? thrown.name : typeof thrown };
    this.getChannel().error(this.formatLine(topic, { ...fields, ...description }));
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

  // A refusal is text from the model, and answers are never logged.
  private loggedMessage({ kind, details }: QuilletError): string | undefined {
    if (kind === 'finish.refusal' || details.serverMessage === undefined) return undefined;
    return this.redactor.excerpt(details.serverMessage);
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

function stackFrames({ name, message, stack = '' }: Error): string {
  const messageEnd = stack.indexOf(message) + message.length;
  const frames = stack.slice(messageEnd).split('\n');
  return [name, ...frames.filter((line) => /^\s+at \S/.test(line))].join('\n');
}

function formatValue(value: string | number | undefined): string {
  return typeof value === 'string' && /[\s"]/.test(value) ? JSON.stringify(value) : String(value);
}
