// What a client of Chat Completions ends up with: once by adding up the chunks itself, once by the SDK's own accumulator.
import OpenAI from 'openai';

export const client = (baseURL, options = {}) => new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0, ...options });

export const failure = error => ({
  name: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null, param: error.param ?? null,
  message: error.message, request: error.requestID ?? null,
});

export async function added(client, request, onChunk = () => {}) {
  const got = { id: null, model: null, roles: [], text: '', reasoning: '', refusal: '', calls: [], annotations: [], finish: null, usage: null, error: null };
  try {
    const stream = await client.chat.completions.create({ stream: true, stream_options: { include_usage: true }, ...request });
    for await (const chunk of stream) {
      await onChunk(chunk, stream);
      got.id ??= chunk.id;
      got.model ??= chunk.model;
      if (chunk.usage) got.usage = chunk.usage;
      const choice = (chunk.choices ?? []).find(choice => (choice.index ?? 0) === 0);
      if (!choice) continue;
      if (choice.finish_reason) got.finish = choice.finish_reason;
      const delta = choice.delta ?? {};
      if (delta.role) got.roles.push(delta.role);
      if (typeof delta.content === 'string') got.text += delta.content;
      got.reasoning += delta.reasoning_content ?? delta.reasoning ?? '';
      got.refusal += delta.refusal ?? '';
      got.annotations.push(...(delta.annotations ?? []));
      for (const part of delta.tool_calls ?? []) {
        const call = (got.calls[part.index] ??= { id: null, name: '', arguments: '' });
        if (part.id) call.id = part.id;
        if (part.function?.name) call.name = part.function.name;
        call.arguments += part.function?.arguments ?? '';
      }
    }
  } catch (error) {
    got.error = failure(error);
  }

  got.calls = got.calls.filter(Boolean);
  return got;
}

export async function accumulated(client, request) {
  try {
    const completion = await client.chat.completions.stream({ stream_options: { include_usage: true }, ...request }).finalChatCompletion();
    return { ...of(completion), error: null };
  } catch (error) {
    return { error: failure(error) };
  }
}

export function of(completion) {
  const { message, finish_reason: finish } = completion.choices[0];
  return {
    id: completion.id, text: message.content ?? '', isNull: message.content === null, refusal: message.refusal ?? '', reasoning: message.reasoning_content ?? '',
    calls: (message.tool_calls ?? []).map(call => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
    annotations: message.annotations ?? [], finish, usage: completion.usage ?? null,
  };
}
