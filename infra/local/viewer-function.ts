// A template's CloudFront function for viewer requests, run as CloudFront would: in a context that has nothing of ours.
import { createContext, runInContext } from 'node:vm';

interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Record<string, never>;
  headers: Record<string, { value: string }>;
  cookies: Record<string, never>;
}

/** What it makes of a request: the path to ask the origin for, or an answer of its own. */
type Made = { uri: string } | { statusCode: number };

type Handler = (event: { version: string; context: object; request: ViewerRequest }) => Made;

/** How long the function may take to compile: only one that never ends takes this long, even on a busy computer. */
const COMPILE_MS = 5000;

export type ViewerFunction = (request: { method: string; uri: string; host: string }) => Made;

export function compileViewerFunction(source: string): ViewerFunction {
  const context = createContext(Object.create(null) as object);
  const handler = runInContext(`'use strict'; ${source}; handler`, context, {
    timeout: COMPILE_MS,
  }) as Handler;
  return ({ method, uri, host }) =>
    handler({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      request: { method, uri, querystring: {}, headers: { host: { value: host } }, cookies: {} },
    });
}
