// The wire of AWS's JSON services (DynamoDB 1.0, Cognito identity 1.1): bodies, errors, open CORS. Shared by both gates.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

/** An error as the service would send it; `type` is the `__type` of the body. */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.type = type;
    this.status = status;
  }
}

/** DynamoDB takes 16 MB at most; nothing else here comes near it. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export async function readBody(request: IncomingMessage, max = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw new ServiceError('RequestEntityTooLarge', 'The request is too large.', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function parseJson(body: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ServiceError('com.amazon.coral.service#SerializationException', String(cause));
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ServiceError('com.amazon.coral.service#SerializationException', 'The body is no object.');
  }
  return parsed as Record<string, unknown>;
}

// The JSON services answer any origin: the signature, not the origin, is what grants.
const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,x-amz-crc32,Date';

/** Answers a preflight. True when it did. */
export function preflight(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(200, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '*',
    'Access-Control-Expose-Headers': EXPOSED,
    'Access-Control-Max-Age': '172800',
    'Content-Length': '0',
  });
  response.end();
  return true;
}

export function sendJson(
  response: ServerResponse,
  version: '1.0' | '1.1',
  status: number,
  body: unknown,
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': EXPOSED,
    'Content-Type': `application/x-amz-json-${version}`,
    'Content-Length': bytes.length,
    'x-amzn-RequestId': randomUUID(),
    // The SDK compares it and tries again when a body was damaged.
    'x-amz-crc32': crc32(bytes),
  });
  response.end(bytes);
}

/** Sends what was thrown; what is no ServiceError is our own fault: logged, and a plain 500 to the caller. */
export function sendError(response: ServerResponse, version: '1.0' | '1.1', error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof ServiceError) {
    response.setHeader('x-amzn-ErrorType', error.type.replace(/^.*#/, ''));
    sendJson(response, version, error.status, { __type: error.type, message: error.message });
    return;
  }
  console.error(error);
  sendJson(response, version, 500, {
    __type: 'com.amazon.coral.service#InternalFailure',
    message: 'The local cloud failed; its terminal says why.',
  });
}
