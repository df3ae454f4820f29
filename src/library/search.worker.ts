// Makes search indexes off the main thread, a chunk at a time.
import { Chunk } from './chunk.ts';
import { indexOfChunk } from './search-chunk.ts';
import type { IndexReply, IndexRequest } from './search-messages.ts';

addEventListener('message', ({ data }: MessageEvent<IndexRequest>) => {
  const { owner, letter, head, rest } = data;
  const chunk = Chunk.read(owner, letter, head);
  if (!chunk?.complete(rest)) {
    postMessage({ problem: 'the chunk cannot be read' } satisfies IndexReply);
    return;
  }
  const index = indexOfChunk(chunk);
  const { begins, documents, words, rows, fields } = index;
  const lists = [documents, words, rows].flatMap((list) => [list.begins.buffer, list.numbers.buffer]);
  postMessage({ index } satisfies IndexReply, { transfer: [begins.buffer, fields.buffer, ...lists] });
});
