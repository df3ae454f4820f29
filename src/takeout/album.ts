// Which album a folder of an export is, if it is one. Pure.
import { isCalendar, isOfItsYear, type Where } from './folders.ts';
import type { Facts } from './said.ts';
import { speaks, type Sidecars } from './sidecars.ts';

export interface Album {
  title: string;
  description?: string;
}

/** `facts` are those of its photos. */
export function albumOf(where: Where, read: Sidecars, facts: readonly Facts[]): Album | undefined {
  const title = titleOf(where, read, facts);
  const description = read.album?.description;
  return title === undefined ? undefined : { title, ...(description !== undefined && { description }) };
}

function titleOf({ folder, service }: Where, read: Sidecars, facts: readonly Facts[]): string | undefined {
  const said = read.album?.title;
  if (said !== undefined) return isCalendar(said) ? undefined : said;
  // The file that has its title may be in a part of the export that is not here.
  if (folder === undefined || isCalendar(folder) || (service === undefined && !speaks(read)))
    return undefined;
  const taken = facts.map(({ takenAt }) => takenAt).filter((time) => time !== undefined);
  const archive = facts.length > 0 && facts.every(({ archived }) => archived);
  return archive || isOfItsYear(folder, taken) ? undefined : folder;
}
