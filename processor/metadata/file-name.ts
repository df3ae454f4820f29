// The date in a file's name, as phones, cameras and messengers write it. Pure.
import { instantOf, localTime, type LocalTime } from '../../src/schema/time.ts';
import { NOON } from './dates.ts';

// IMG_20190601_123456, 20190601_123456, IMG-20190601-WA0001, Screenshot_2019-06-01-12-34-56, photo_2019-06-01_12-34-56,
// "WhatsApp Image 2019-06-01 at 12.34.56", "Screenshot 2019-06-01 at 1.34.56 PM", "2019-06-01 12.34.56".
const NAME_DATE = /(?<!\d)((?:18|19|20)\d\d)([-_.:]?)(\d\d)\2(\d\d)(?!\d)/;
const NAME_TIME =
  /^(?:[\s_T-]|,? at )\s*(\d{1,2})[-_.:]?(\d\d)[-_.:]?(\d\d)(?:[._]?(\d{3}))?(?!\d)(?:\s?([AP])M)?/i;
/** photo_5123@01-06-2019_12-34-56, as Telegram exports it. */
const TELEGRAM = /@(\d\d)-(\d\d)-(\d{4})_(\d\d)-(\d\d)-(\d\d)(?!\d)/;
/** FB_IMG_1559392496000, mmexport1559392496000 (WeChat): milliseconds since 1970, from 2001 on. */
const EPOCH = /^(?:FB_IMG_|mmexport|wx_camera_|IMG-)(1\d{12})(?!\d)/i;
/** Pixel phones name their photos in UTC, everybody else by the clock on the wall. */
const IN_UTC = /^PXL_/i;

export function timeInName(name: string): LocalTime | undefined {
  const telegram = TELEGRAM.exec(name);
  if (telegram) {
    const [, day, month, year, hour, minute, second] = telegram;
    return localTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  }
  const epoch = EPOCH.exec(name)?.[1];
  if (epoch !== undefined) return instantOf(Number(epoch));
  const date = NAME_DATE.exec(name);
  if (!date) return undefined;
  const [whole, year, , month, day] = date;
  const time = NAME_TIME.exec(name.slice(date.index + whole.length));
  const noon = localTime(`${year}-${month}-${day}T${NOON}`);
  if (!time) return noon;
  const [, hours, minutes, seconds, milliseconds, half] = time;
  const hour = half ? (Number(hours) % 12) + (half.toUpperCase() === 'P' ? 12 : 0) : Number(hours);
  const clock = `${String(hour).padStart(2, '0')}:${minutes}:${seconds}${milliseconds ? `.${milliseconds}` : ''}`;
  return localTime(`${year}-${month}-${day}T${clock}${IN_UTC.test(name) ? 'Z' : ''}`) ?? noon;
}
