import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Scenario, Step, Toxics } from './scenario';

/** Where a scenario is played. `closeSignal` aborts when the connection is closed. */
export interface Stage {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly closeSignal: AbortSignal;
  /** Called before the server closes the connection itself, so that it is not recorded as closed by the client. */
  readonly onServerClose: () => void;
  readonly gate: (name: string) => Promise<void>;
  readonly commonHeaders: Readonly<Record<string, string>>;
}

/** Plays a scenario until it ends or the client disconnects. Never throws. */
export async function play(scenario: Scenario, stage: Stage): Promise<void> {
  try {
    await new Player(scenario, stage).play();
  } catch (thrown) {
    if (stage.closeSignal.aborted || thrown instanceof ConnectionClosed) return;
    stage.onServerClose();
    stage.socket.destroy();
    console.error('fake model server: cannot play the scenario', thrown);
  }
}

class ConnectionClosed extends Error {}

class Player {
  private sentBytes = 0;
  private readonly toxics: Toxics;

  constructor(
    private readonly scenario: Scenario,
    private readonly stage: Stage,
  ) {
    this.toxics = scenario.toxics ?? {};
  }

  async play(): Promise<void> {
    await this.playSilence();
    await this.wait(this.toxics.latency ?? 0);
    await this.sendHead();
    for (const step of this.scenario.steps ?? []) await this.playStep(step);
    await this.wait(this.toxics.slowClose ?? 0);
    if (this.scenario.raw === undefined) this.stage.response.end();
    else this.close();
  }

  private async playSilence(): Promise<void> {
    const { timeout, resetPeer } = this.toxics;
    if (resetPeer !== undefined) {
      await this.wait(resetPeer);
      this.reset();
    }
    if (timeout === undefined) return;
    await (timeout === 0 ? this.hang() : this.wait(timeout));
    this.close();
  }

  private async sendHead(): Promise<void> {
    const { raw, status = 200, headers } = this.scenario;
    if (raw !== undefined) return this.write(Buffer.from(raw, 'latin1'));
    const { response, commonHeaders } = this.stage;
    const offered = { 'content-type': 'text/event-stream; charset=utf-8', ...headers };
    response.statusCode = status;
    for (const [name, value] of Object.entries({ ...commonHeaders, ...offered })) {
      if (value !== null) response.setHeader(name, value);
    }
    response.flushHeaders();
  }

  private async playStep(step: Step): Promise<void> {
    switch (step.do) {
      case 'send':
        return this.write(Buffer.from(step.text, 'utf8'));
      case 'bytes':
        return this.write(Buffer.from(step.base64, 'base64'));
      case 'wait':
        return this.wait(step.ms);
      case 'gate':
        return this.unlessClosed((resolve) => void this.stage.gate(step.name).then(resolve));
      case 'repeat':
        while (true) {
          await this.write(Buffer.from(step.text, 'utf8'));
          await this.wait(step.everyMs);
        }
      case 'hang':
        return this.hang();
      case 'reset':
        return this.reset();
      case 'cut':
        return this.close();
    }
  }

  private async write(bytes: Buffer): Promise<void> {
    const { slicer, bandwidth, limitData } = this.toxics;
    const size = slicer?.size ?? (bandwidth === undefined ? bytes.length : Math.max(1, Math.floor(bandwidth / 20)));
    for (let offset = 0; offset < bytes.length; offset += size) {
      const room = (limitData ?? Number.POSITIVE_INFINITY) - this.sentBytes;
      const piece = bytes.subarray(offset, offset + Math.min(size, room));
      await this.writePiece(piece);
      if (piece.length === room) this.close();
      // At least one turn of the event loop, so that each piece is a separate packet.
      if (slicer !== undefined) await (slicer.delayMs ? this.wait(slicer.delayMs) : nextTurn());
      if (bandwidth !== undefined) await this.wait((1000 * piece.length) / bandwidth);
    }
  }

  private writePiece(piece: Buffer): Promise<void> {
    this.sentBytes += piece.length;
    const target = this.scenario.raw === undefined ? this.stage.response : this.stage.socket;
    return this.unlessClosed((resolve) => target.write(piece, () => resolve()));
  }

  private async wait(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.stage.closeSignal });
  }

  private hang(): Promise<void> {
    return this.unlessClosed(() => undefined);
  }

  private unlessClosed(work: (resolve: () => void) => void): Promise<void> {
    const { closeSignal } = this.stage;
    closeSignal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const onClose = () => reject(closeSignal.reason);
      closeSignal.addEventListener('abort', onClose, { once: true });
      work(() => {
        closeSignal.removeEventListener('abort', onClose);
        resolve();
      });
    });
  }

  private reset(): never {
    this.stage.onServerClose();
    this.stage.socket.resetAndDestroy();
    throw new ConnectionClosed();
  }

  private close(): never {
    this.stage.onServerClose();
    this.stage.socket.end();
    throw new ConnectionClosed();
  }
}
