// What a client of Messages ends up with: once by adding up the events itself, once by the SDK's own accumulator.
import Anthropic from '@anthropic-ai/sdk';

export const client = (baseURL, options = {}) => new Anthropic({ baseURL, apiKey: 'k', maxRetries: 0, ...options });

export const failure = error => ({
  name: error.constructor.name, status: error.status ?? null, type: error.error?.error?.type ?? null, code: error.error?.error?.code ?? null,
  message: error.message, request: error.requestID ?? null,
});

// Only what is said to the client: blocks of the provider's own tools are its own affair.
const of = blocks => ({
  text: blocks.filter(block => block.type === 'text').map(block => block.text).join(''),
  thinking: blocks.filter(block => block.type === 'thinking').map(block => ({ thinking: block.thinking, signature: block.signature })),
  redacted: blocks.filter(block => block.type === 'redacted_thinking').map(block => block.data),
  calls: blocks.filter(block => block.type === 'tool_use').map(block => ({ id: block.id, name: block.name, input: block.input, written: block.written ?? null })),
  citations: blocks.flatMap(block => block.citations ?? []),
});

export async function added(client, request) {
  const blocks = [];
  const got = { id: null, model: null, types: [], stop: null, sequence: null, usage: null, error: null };
  try {
    for await (const event of await client.messages.create({ stream: true, ...request })) {
      got.types.push(event.type);
      if (event.type === 'message_start') Object.assign(got, { id: event.message.id, model: event.message.model, usage: { ...event.message.usage } });
      else if (event.type === 'content_block_start') blocks[event.index] = { ...event.content_block, written: '' };
      else if (event.type === 'content_block_delta') {
        const { delta } = event;
        const block = blocks[event.index];
        if (delta.type === 'text_delta') block.text += delta.text;
        else if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
        else if (delta.type === 'signature_delta') block.signature = delta.signature;
        else if (delta.type === 'citations_delta') (block.citations ??= []).push(delta.citation);
        else if (delta.type === 'input_json_delta') block.written += delta.partial_json;
      } else if (event.type === 'message_delta') {
        got.stop = event.delta.stop_reason;
        got.sequence = event.delta.stop_sequence ?? null;
        for (const [name, value] of Object.entries(event.usage)) if (value !== null) got.usage[name] = value;
      }
    }
  } catch (error) {
    got.error = failure(error);
  }

  return { ...got, ...of(blocks.filter(Boolean)) };
}

export const whole = message => ({ id: message.id, model: message.model, stop: message.stop_reason, sequence: message.stop_sequence ?? null, usage: message.usage, ...of(message.content), error: null });

export async function accumulated(client, request) {
  try {
    return whole(await client.messages.stream(request).finalMessage());
  } catch (error) {
    return { error: failure(error) };
  }
}
