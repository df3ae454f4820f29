// Once for all tests: the page is built and the template made, unless they are those of the sources as they are now.
import { buildPage, synthesise } from '../../infra/local/synth.ts';

export default async function prepare(): Promise<void> {
  await Promise.all([buildPage(), synthesise()]);
}
