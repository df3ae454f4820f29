// The date in a file's name, as phones, cameras, computers and messengers write it. Pure.
import { instantOf, localTime, type LocalTime } from '../../src/schema/time.ts';
import { NOON } from './dates.ts';

// IMG_20190601_123456, 20190601_123456, IMG-20190601-WA0001, Screenshot_2019-06-01-12-34-56, photo_2019-06-01_12-34-56,
// "WhatsApp Image 2019-06-01 at 12.34.56", "Screenshot 2019-06-01 at 1.34.56 PM", "2019-06-01 12.34.56".
// Only letters may stand right before a date, and none of a hexadecimal number behind: any other digits are those of an id.
const BEFORE = String.raw`(?<=(?:^|[^\p{L}\d+])\p{L}*)`;
const BEHIND = String.raw`(?![a-f]*\d)`;
const NAME_DATE = new RegExp(String.raw`${BEFORE}((?:18|19|20)\d\d)([-_.:]?)(\d\d)\2(\d\d)${BEHIND}`, 'giu');
const NAME_TIME = new RegExp(
  String.raw`^(?:[\s_T-]|,? at )\s*(?:(\d{1,2})([-_.:])(\d\d)\2(\d\d)|(\d\d)(\d\d)(\d\d))(?:[._]?(\d{3}))?(?!\d)(?:\s?([AP])M)?`,
  'iu',
);
/** DJI_20190601123456_0001_D, IMG20190601123456: some with milliseconds. Fourteen digits that happen to make a date and a time are rare. */
const RUN = new RegExp(
  String.raw`${BEFORE}((?:199|20\d)\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?${BEHIND}`,
  'giu',
);
/** "Bildschirmfoto 2019-06-01 um 13.34.56", "Captura de pantalla 2019-06-01 a la(s) 1.34.56 p. m.", "스크린샷 2019-06-01 오후 1.34.56". */
const MAC = new RegExp(
  String.raw`${BEFORE}((?:19|20)\d\d)-(\d\d?)-(\d\d?)(?!\d)(\D{0,20}?)(?<!\d)(\d\d?)\.(\d\d)\.(\d\d)(?![.\d]\d)(\D{0,8})`,
  'giu',
);
/** Halves of the day, before or after the clock, as macOS has them in languages that have a clock of twelve hours. */
const MORNING = /上午|午前|오전|ÖÖ|π\.?\s?μ|\ba\.?\s?m\b/iu;
const AFTERNOON = /下午|午後|오후|ÖS|μ\.?\s?μ|\bp\.?\s?m\b/iu;
/** photo_5123@01-06-2019_12-34-56, as Telegram exports it. */
const TELEGRAM = /@(\d\d)-(\d\d)-(\d{4})_(\d\d)-(\d\d)-(\d\d)(?!\d)/;
/** FB_IMG_1559392496000, mmexport1559392496000 (WeChat): milliseconds since 1970, from 2001 on. */
const EPOCH = /^(?:FB_IMG_|mmexport|wx_camera_|IMG-)(1\d{12})(?!\d)/i;
/** Numbers that only name: UUIDs, and those of Facebook. */
const IDS = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|^\d+_\d+_\d+_[a-z](?=\.|$)/gi;
/** Pixel phones name their photos in UTC, everybody else by the clock on the wall. */
const IN_UTC = /^PXL_/i;

/** The first date that can be one. */
export function timeInName(fileName: string): LocalTime | undefined {
  const epoch = EPOCH.exec(fileName)?.[1];
  if (epoch !== undefined) return instantOf(Number(epoch));
  // Macs take letters and their accents apart.
  const name = fileName.normalize().replaceAll(IDS, '');
  return telegramTime(name) ?? macTime(name) ?? usualTime(name) ?? timeInRun(name);
}

function telegramTime(name: string): LocalTime | undefined {
  const [, day, month, year, hour, minute, second] = TELEGRAM.exec(name) ?? [];
  return year === undefined ? undefined : localTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
}

function macTime(name: string): LocalTime | undefined {
  for (const match of name.matchAll(MAC)) {
    const [, year, month, day, before = '', hour, minute, second, after = ''] = match;
    const half = MORNING.test(before + after) ? 'A' : AFTERNOON.test(before + after) ? 'P' : undefined;
    const found = localTime(`${year}-${two(month)}-${two(day)}T${hourOf(hour, half)}:${minute}:${second}`);
    if (found) return found;
  }
  return undefined;
}

function usualTime(name: string): LocalTime | undefined {
  const zone = IN_UTC.test(name) ? 'Z' : '';
  for (const match of name.matchAll(NAME_DATE)) {
    const [whole, year, , month, day] = match;
    const date = `${year}-${month}-${day}`;
    const clock = clockIn(name.slice(match.index + whole.length));
    const found = (clock && localTime(`${date}T${clock}${zone}`)) ?? localTime(`${date}T${NOON}`);
    if (found) return found;
  }
  return undefined;
}

function clockIn(rest: string): string | undefined {
  const match = NAME_TIME.exec(rest);
  if (!match) return undefined;
  const [, hour, , minute, second, hours, minutes, seconds, milliseconds, half] = match;
  const fraction = milliseconds ? `.${milliseconds}` : '';
  return `${hourOf(hour ?? hours, half)}:${minute ?? minutes}:${second ?? seconds}${fraction}`;
}

function timeInRun(name: string): LocalTime | undefined {
  for (const [, year, month, day, hour, minute, second, milliseconds] of name.matchAll(RUN)) {
    const fraction = milliseconds ? `.${milliseconds}` : '';
    const found = localTime(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}`);
    if (found) return found;
  }
  return undefined;
}

const two = (digits: string | undefined): string => (digits ?? '').padStart(2, '0');

/** `half` is `A` or `P` where there are two halves of the day. */
const hourOf = (hour: string | undefined, half: string | undefined): string =>
  two(half ? String((Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)) : hour);
