import type { StreamEvent } from '../../core/chat';
import { asFields } from '../../util/json';
import { unknownEvent } from './answerContent';
import { ChatChunkReader } from './chatChunk';
import { MessagesReader } from './messagesEvents';
import { ResponsesReader } from './responsesEvents';

/** Reads the chunks of one answer. The shape of a chunk decides, because gateways answer in another API's style. */
export class ChunkReader {
  private readonly chat = new ChatChunkReader();
  private readonly responses = new ResponsesReader();
  private readonly messages = new MessagesReader();

  read(chunk: unknown): StreamEvent[] {
    const fields = asFields(chunk);
    if (fields === undefined) return [unknownEvent(chunk)];
    if (MessagesReader.canRead(fields)) return this.messages.read(fields);
    return ResponsesReader.canRead(fields) ? this.responses.read(fields) : this.chat.read(fields);
  }
}
