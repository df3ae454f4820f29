// A local cloud as a process of its own (`tsx cloud-process.ts OPTIONS`, see cloud-child.ts), so that it can be killed. Prints where it
// is reached, as one line of JSON.
import { startCloud } from '../../infra/local/cloud.ts';
import type { ChildOptions } from './cloud-child.ts';

const { directory, ports, dist, processor } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const { config, urls, people } = await startCloud({
  directory,
  ...(ports && { ports }),
  ...(processor !== undefined && { processor }),
  ...(dist !== undefined && { dist: () => Promise.resolve(dist) }),
});
console.log(JSON.stringify({ config, urls, people: { people: people.people } }));
