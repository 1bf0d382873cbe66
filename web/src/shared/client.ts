import { PasswindowClient } from 'passwindow';
import { actions } from './actions';

/** The server that this page came from. */
export const client = new PasswindowClient({ allowActions: Object.keys(actions) });

/** An id of this side's making, of the contract's form. `randomUUID` exists on secure origins only, and a server in one's own network is not one. */
export const newId = (prefix: string) =>
  prefix + Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The models that can be asked for; none where the server does not tell. */
export async function listModels(): Promise<string[]> {
  try {
    const response = await fetch('/v1/models', { headers: { Accept: 'application/json' } });
    const { data } = response.ok ? await response.json() : { data: [] };
    return (Array.isArray(data) ? data : []).map((model) => model?.id).filter((id) => typeof id === 'string');
  } catch {
    return [];
  }
}
