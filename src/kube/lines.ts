/** Splits a byte stream into lines without their line feeds; `onChunk` runs for every chunk that arrives. What follows the last line feed is a line too. */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    onChunk();
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    // Only the new text is searched: a list-sized line arrives in many chunks.
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      yield rest + text.slice(start, end);
      rest = '';
      start = end + 1;
    }
    rest += text.slice(start);
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
