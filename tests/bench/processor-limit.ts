// The limit of the codecs for the bench of the processor: what the reference programs take to decode a photo and to encode pictures
// of the renditions' sizes, without any work in between.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import sharp from 'sharp';

/** Why there is no limit, if there is none. */
export function whyNoLimit(): string | undefined {
  const missing = Object.entries({ djpeg: 'libjpeg-turbo-progs', cwebp: 'webp' }).filter(
    ([program]) => spawnSync(program, ['-version']).error !== undefined,
  );
  if (missing.length === 0) return undefined;
  const packages = missing.map(([, name]) => name).join(' ');
  return `No codec limit: ${missing.map(([program]) => program).join(' and ')} not found (on Debian: apt-get install ${packages}).`;
}

export interface LimitFiles {
  photo: string;
  view: string;
  thumb: string;
}

/** Writes what cwebp is to encode: PPM, which costs next to nothing to read. */
export async function prepareLimit(photo: string, into: string): Promise<LimitFiles> {
  const files = { photo, view: `${into}.view.ppm`, thumb: `${into}.thumb.ppm` };
  for (const [path, width, height] of [
    [files.view, 2000, 2000],
    [files.thumb, 400, undefined],
  ] as const) {
    const { data, info } = await sharp(photo, { ignoreIcc: true })
      .autoOrient()
      .resize(width, height, { fit: 'inside' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    writeFileSync(path, Buffer.concat([Buffer.from(`P6\n${info.width} ${info.height}\n255\n`), data]));
  }
  return files;
}

/** CPU milliseconds of the three programs, on the processor's core. */
export const limitMs = ({ photo, view, thumb }: LimitFiles, pin: readonly string[]): number =>
  cpuMsOf([...pin, 'djpeg', '-outfile', '/dev/null', photo]) +
  cpuMsOf([...pin, 'cwebp', '-quiet', '-m', '2', '-q', '80', view, '-o', '/dev/null']) +
  cpuMsOf([...pin, 'cwebp', '-quiet', '-m', '4', '-q', '75', thumb, '-o', '/dev/null']);

/** Node does not say what its children took; bash does, to the millisecond. */
function cpuMsOf(command: readonly string[]): number {
  const { stderr, status, error } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...command],
    {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  const [user, system] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (error || status !== 0 || user === undefined || system === undefined || Number.isNaN(user + system))
    throw new Error(`${command.join(' ')}: ${stderr}`, { cause: error });
  return (user + system) * 1000;
}
