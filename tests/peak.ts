// Most memory that this process has held so far.
import { readFileSync } from 'node:fs';

/** Megabytes. What `resourceUsage` says begins, on Linux, with what the process that started this one held. */
export function peakMB(): number {
  if (process.platform !== 'linux') return (process.resourceUsage().maxRSS * 1024) / 1e6;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error('/proc/self/status does not tell the peak');
  return (Number(kilobytes) * 1024) / 1e6;
}
