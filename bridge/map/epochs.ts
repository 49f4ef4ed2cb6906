/** Times that count from another moment than 1970, or in another unit than PT6a knows. */

interface Epoch {
  /** What such a number is, after "like". */
  name: string;
  /** How many of the unit are a second. */
  perSecond: number;
  /** The moment it counts from, in unix seconds. */
  from: number;
  /** What takes it. */
  config?: string;
}

const DAY_SECONDS = 86_400;
const A_DAY = 1 / DAY_SECONDS;
const TICKS = 1e7;
/** Unix time has no leap seconds, GPS time has: 18 since 1980. */
const GPS = 315_964_800 - 18;

const EPOCHS: readonly Epoch[] = [
  config("seconds since 1904 (LabVIEW, Mac)", 1, -2_082_844_800, "1904-01-01"),
  config("seconds since 1900 (NTP)", 1, -2_208_988_800, "1900-01-01"),
  { name: "an NTP timestamp of 64 bits", perSecond: 2 ** 32, from: -2_208_988_800 },
  config("GPS seconds, since 1980", 1, GPS, "1980-01-05T23:59:42Z"),
  config("GPS milliseconds, since 1980", 1e3, GPS, "1980-01-05T23:59:42Z", "ms"),
  config("GPS nanoseconds, since 1980", 1e9, GPS, "1980-01-05T23:59:42Z", "ns"),
  config("seconds since 2000 (clocks of small devices)", 1, 946_684_800, "2000-01-01"),
  config("milliseconds since 2000", 1e3, 946_684_800, "2000-01-01", "ms"),
  config("seconds since 2001 (Apple)", 1, 978_307_200, "2001-01-01"),
  config("FILETIME of Windows, 100 ns since 1601", TICKS, -11_644_473_600, "1601-01-01", "100ns"),
  config("microseconds since 1601 (Chrome)", 1e6, -11_644_473_600, "1601-01-01", "us"),
  config("ticks of .NET, 100 ns since year 1", TICKS, -62_135_596_800, "0001-01-01", "100ns"),
  config("100 ns since 1970", TICKS, 0, "1970-01-01", "100ns"),
  config("a date of Excel, days since 1899-12-30", A_DAY, -2_209_161_600, "1899-12-30", "d"),
  config("a date of Excel for Mac, days since 1904", A_DAY, -2_082_844_800, "1904-01-01", "d"),
  config("a Modified Julian Date", A_DAY, -3_506_716_800, "1858-11-17", "d"),
  config("days since 1970 (matplotlib)", A_DAY, 0, "1970-01-01", "d"),
  { name: "a Julian Date", perSecond: A_DAY, from: -2_440_587.5 * DAY_SECONDS },
  { name: "MATLAB's datenum", perSecond: A_DAY, from: -719_529 * DAY_SECONDS },
];

function config(name: string, perSecond: number, from: number, epoch: string, unit?: string): Epoch {
  const more = unit === undefined ? "" : `, time_unit = "${unit}"`;
  return { name, perSecond, from, config: `time_epoch = "${epoch}"${more}` };
}

/**
 * What a number that is no time of now would be one of now as.
 * @param mayBeDays whether days count, too: a small number is soon like such
 */
export function epochOf(number: number, arrivedAt: number, mayBeDays: boolean): Epoch | undefined {
  return EPOCHS.find(
    ({ perSecond, from }) =>
      (perSecond >= 1 || mayBeDays) && Math.abs(number / perSecond + from - arrivedAt) < DAY_SECONDS,
  );
}
