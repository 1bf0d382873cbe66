export { ChunkWriter } from './chunks.js';
export { PasswindowChatTransport, type PasswindowChatTransportOptions } from './transport.js';
