// What a client of the Responses API ends up with.
import OpenAI from 'openai';

export const client = (baseURL, options = {}) => new OpenAI({ baseURL, apiKey: 'k', maxRetries: 0, ...options });

export const failure = error => ({ name: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null, param: error.param ?? null, message: error.message });

export function of(response) {
  const items = response.output ?? [];
  const parts = items.filter(item => item.type === 'message').flatMap(item => item.content);
  return {
    id: response.id, status: response.status,
    text: parts.filter(part => part.type === 'output_text').map(part => part.text).join(''), // only some of the SDK's ways fill output_text
    refusal: parts.filter(part => part.type === 'refusal').map(part => part.refusal).join(''),
    reasoning: items.filter(item => item.type === 'reasoning').flatMap(item => [...(item.summary ?? []), ...(item.content ?? [])]).map(part => part.text).join(''),
    calls: items.filter(item => item.type === 'function_call').map(item => ({ id: item.call_id, name: item.name, arguments: item.arguments })),
    annotations: parts.flatMap(part => part.annotations ?? []), usage: response.usage ?? null, incomplete: response.incomplete_details?.reason ?? null, error: response.error ?? null,
  };
}

// By the SDK's own accumulator.
export async function accumulated(client, request) {
  try {
    return of(await client.responses.stream(request).finalResponse());
  } catch (error) {
    return { thrown: failure(error) };
  }
}

// By adding up the events.
export async function added(client, request) {
  const got = { numbers: [], text: '', refusal: '', calls: {}, last: null, thrown: null };
  try {
    for await (const event of await client.responses.create({ ...request, stream: true })) add(got, event);
  } catch (error) {
    got.thrown = failure(error);
  }

  return got;
}

export function add(got, event) {
  got.numbers.push(event.sequence_number);
  got.last = event.type;
  if (event.type === 'response.output_text.delta') got.text += event.delta;
  if (event.type === 'response.refusal.delta') got.refusal += event.delta;
  if (event.type === 'response.function_call_arguments.delta') got.calls[event.output_index] = (got.calls[event.output_index] ?? '') + event.delta;
  if (event.response) got.response = of(event.response);
}
