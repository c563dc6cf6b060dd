// SPDX-License-Identifier: MIT
// The stream, and the truth about its state: silence is told within 2 s, a lost
// connection at once. Nothing is ever made up to fill a gap.
import type {Message} from './schema';

export type Link = 'connecting' | 'open' | 'lost' | 'denied';

export interface FeedEvents {
  message(message: Message, bytes: number): void;
  link(state: Link, retryAt: number): void;
}

const backoff_ms = [250, 500, 1000, 2000, 4000];

export class Feed {
  private attempts = 0;
  private socket: WebSocket | null = null;

  constructor(private readonly events: FeedEvents) {
    void this.open();
  }

  /** A ticket when the server asks for a token and the browser holds it; else none */
  private async ticket(): Promise<string | null> {
    const answer = await fetch('/api/v1/ws-ticket', {method: 'POST'});
    if (answer.status === 401) throw new Error('denied');
    if (!answer.ok) return null;
    const {ticket} = (await answer.json()) as {ticket?: string};
    return ticket ?? null;
  }

  private async open(): Promise<void> {
    this.events.link('connecting', 0);
    let query = '';
    try {
      const ticket = await this.ticket();
      query = ticket ? `?ticket=${ticket}` : '';
    } catch (problem) {
      this.retry(problem instanceof Error && problem.message === 'denied' ? 'denied' : 'lost');
      return;
    }
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws/sensing${query}`, 'ruview.v1');
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.events.link('open', 0);
    };
    socket.onmessage = event => {
      const text = event.data as string;
      this.events.message(JSON.parse(text) as Message, text.length);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.retry('lost');
    };
  }

  private retry(state: Link): void {
    this.socket = null;
    const wait = backoff_ms[Math.min(this.attempts++, backoff_ms.length - 1)]!;
    this.events.link(state, Date.now() + wait);
    setTimeout(() => void this.open(), wait);
  }
}
