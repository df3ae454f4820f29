// Installs the dependencies when they are missing or not those of the lock file. Plain JavaScript, because it runs before anything is installed.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (!(major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19))) {
  console.error(
    `Shoebox needs Node 20.19 or newer of 20, 22.12 or newer of 22, or 24 and later; this is ${process.versions.node}.`,
  );
  process.exit(1);
}

const root = new URL('..', import.meta.url);
const lockFile = new URL('package-lock.json', root);
const stamp = new URL('node_modules/.shoebox-lock', root);
const lock = createHash('sha256').update(readFileSync(lockFile)).digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  if (!installedByHand()) install();
  writeFileSync(stamp, lock);
}

/** Whether npm's own record of what is there agrees with the lock file: then nothing is fetched, which offline would lose what is there. */
function installedByHand() {
  const record = new URL('node_modules/.package-lock.json', root);
  if (!existsSync(record)) return false;
  const { packages: there } = JSON.parse(readFileSync(record, 'utf8'));
  const { '': _project, ...wanted } = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const same = (path) =>
    wanted[path]?.version === there[path].version && wanted[path].integrity === there[path].integrity;
  return (
    Object.keys(there).every(same) &&
    // What is for another platform is optional, and is left out.
    Object.keys(wanted).every((path) => path in there || wanted[path].optional)
  );
}

function install() {
  console.log('Installing the packages in package-lock.json ...');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) console.error(`npm could not be run (${error.message}). It comes with Node: is it in the PATH?`);
  if (status !== 0) process.exit(status ?? 1);
}
