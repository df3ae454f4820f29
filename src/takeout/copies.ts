// Which files in a Google Takeout belong to another one, by their names: edited copies, and the films of live photos. Pure.
import { endingOf, looksLikeFilm, split, STILLS } from './endings.ts';
import { COUNTER, fold, PHOTO_LENGTH } from './names.ts';

/**
 * How an edited copy is called beside its original, in the language of the account: as others have found them. A word that is not here
 * costs the copy what Google knows of it, no more.
 */
const EDITED =
  `edited, effects, smile, mix, bearbeitet, modifié, modifiée, editado, ha editado, editada, editat, modificato, modificata,
  bewerkt, edytowane, redigerad, redigeret, redigert, muokattu, upraveno, upravené, szerkesztett, editată, düzenlendi, изменено,
  отредактировано, змінено, επεξεργασμένο, 編集済み, 수정됨, 已修改, 已编辑, 已編輯, diedit, đã chỉnh sửa`
    .split(/,\s*/)
    .map((word) => fold(`-${word}`));

/** The name that the original of an edited copy has, in a list; none for what is no such copy. */
export function originalsOf(name: string): string[] {
  const { base, ending } = split(name);
  const counter = COUNTER.exec(base)?.[0] ?? '';
  const bare = counter ? base.slice(0, -counter.length) : base;
  const original = withoutEdited(bare, ending);
  return original === undefined ? [] : [`${original}${counter}${ending && `.${ending}`}`];
}

/** The word may be cut, too, where the name is as long as names may be. */
function withoutEdited(base: string, ending: string): string | undefined {
  const normal = base.normalize('NFC');
  const folded = fold(base);
  if (folded.length !== normal.length) return undefined;
  const whole = EDITED.find((word) => folded.length > word.length && folded.endsWith(word));
  if (whole) return normal.slice(0, -whole.length);
  const dash = folded.lastIndexOf('-');
  const cut = dash > 0 && normal.length + 1 + ending.length >= PHOTO_LENGTH;
  return cut && EDITED.some((word) => word.startsWith(folded.slice(dash)))
    ? normal.slice(0, dash)
    : undefined;
}

/** The names that the still of a live photo's film may have; none for what is no film. */
export function stillsOf(name: string): string[] {
  if (!looksLikeFilm(name)) return [];
  // PXL_1.MP is the film in PXL_1.MP.jpg.
  const inside = /^m[pv]$/.test(endingOf(name)) ? name : split(name).base;
  return STILLS.map((ending) => `${inside}.${ending}`);
}
