// node watch.mjs ADDRESS VERSION TURN…: turns that have ended, however they were started, read by the transport and readUIMessageStream.
const [address, version, ...turns] = process.argv.slice(2);
const { DefaultChatTransport, readUIMessageStream } = await import(`ai-${version}`);
const transport = new DefaultChatTransport({ prepareReconnectToStreamRequest: ({ id }) => ({ api: `${address}/chat/turns/${id}/events?dialect=ui-message` }) });
const read = async turn => {
  const chunks = [];
  const seen = new TransformStream({
    transform(chunk, controller) {
      chunks.push(chunk.type);
      controller.enqueue(chunk);
    },
  });
  const stream = await transport.reconnectToStream({ chatId: turn });
  const errors = [];
  let message;
  for await (message of readUIMessageStream({ stream: stream.pipeThrough(seen), onError: error => errors.push(error.message) }));
  return { message, chunks, errors };
};
const results = {};
for (const turn of turns)
  results[turn] = await read(turn);
console.log(JSON.stringify(results));
