/** The text/event-stream format, cut into messages. Pure. */

export interface IMessage {
  event: string;
  data: string;
}

export class EventStreamParser {
  /** The last `id` seen; sent back as `Last-Event-ID` so that the service continues there. */
  lastId = '';

  private rest = '';
  private event = '';
  private data: string[] = [];

  /** Takes a piece of the stream, however it was cut, and gives the messages that are now complete. */
  push(chunk: string): IMessage[] {
    const lines = (this.rest + chunk).split(/\r?\n/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap(line => this.line(line) ?? []);
  }

  /** Forgets a message that was not completed, before the stream is opened again. */
  restart(): void {
    this.rest = '';
    this.event = '';
    this.data = [];
  }

  private line(line: string): IMessage | null {
    if (line === '') {
      return this.complete();
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.event = value;
    } else if (field === 'data') {
      this.data.push(value);
    } else if (field === 'id' && !value.includes('\u0000')) {
      this.lastId = value;
    }
    return null;
  }

  private complete(): IMessage | null {
    const message = this.data.length === 0 ? null : { event: this.event || 'message', data: this.data.join('\n') };
    this.event = '';
    this.data = [];
    return message;
  }
}
