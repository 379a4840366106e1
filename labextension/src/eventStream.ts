/** Reads server-sent events from chunks of text (the `text/event-stream` format of the HTML standard). */

export interface IStreamed {
  id: string;
  event: string;
  data: string;
}

/** Cuts a stream of text chunks into events; comments and events without data are passed over. */
export class EventCutter {
  private rest = '';

  push(chunk: string): IStreamed[] {
    const blocks = (this.rest + chunk).replace(/\r\n/g, '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map(readBlock).filter(event => event.data !== '');
  }
}

function readBlock(block: string): IStreamed {
  const event: IStreamed = { id: '', event: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') {
      data.push(value);
    } else if (name === 'id' || name === 'event') {
      event[name] = value;
    }
  }
  event.data = data.join('\n');
  return event;
}
