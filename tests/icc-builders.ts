// Color profiles as nobody's display has them: with a name in every text, and with a table in place of colors and curves.
// (ICC.1:2022, 7 and 10)

export type IccTag = readonly [name: string, content: Buffer];

/** The tags of a well-formed profile. */
export function tagsIn(icc: Buffer): IccTag[] {
  return Array.from({ length: icc.readUInt32BE(128) }, (_, index) => {
    const at = 132 + index * 12;
    const start = icc.readUInt32BE(at + 4);
    return [
      icc.toString('latin1', at, at + 4),
      icc.subarray(start, start + icc.readUInt32BE(at + 8)),
    ] as const;
  });
}

/** A profile with the header of another one and these tags. */
export function iccFile(header: Buffer, tags: readonly IccTag[]): Buffer {
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length);
  let end = 128 + table.length;
  const contents = tags.map(([name, content], index) => {
    table.write(name, 4 + index * 12, 'latin1');
    table.writeUInt32BE(end, 8 + index * 12);
    table.writeUInt32BE(content.length, 12 + index * 12);
    end += content.length + (-content.length & 3);
    return Buffer.concat([content, Buffer.alloc(-content.length & 3)]);
  });
  const file = Buffer.concat([header.subarray(0, 128), table, ...contents]);
  file.writeUInt32BE(file.length);
  return file;
}

/** The same colors, and a name wherever a profile has room for one: texts of every kind, a maker's own tag, the header, gaps. */
export function withName(icc: Buffer, name: string): Buffer {
  const text = Buffer.from(name, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length + 1);
  const described = Buffer.concat([Buffer.from('desc\0\0\0\0'), length, text, Buffer.alloc(80)]);
  const plain = Buffer.concat([Buffer.from('text\0\0\0\0'), text, Buffer.alloc(1)]);
  const colors = tagsIn(icc).filter(([tag]) => /^(?:[rgb](?:XYZ|TRC)|wtpt|chad|A2B0|kTRC)$/.test(tag));
  const file = iccFile(icc, [
    ['desc', described],
    ['dmnd', described],
    ['dmdd', described],
    ['cprt', plain],
    ['targ', plain],
    ['vend', text],
    // Behind the last number of a color or a curve nobody looks.
    ...colors.map(([tag, content]): IccTag => [tag, Buffer.concat([content, text])]),
  ]);
  file.write(name.slice(0, 4), 48, 'latin1');
  file.write(name.slice(0, 4), 80, 'latin1');
  return file;
}

/** The colors of a profile of three curves as a table: curve by curve of `light`, then two points for each of the three. */
export function tableProfile(icc: Buffer, light: (value: number) => number): Buffer {
  const u16 = (values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 2);
    for (const [index, value] of values.entries()) bytes.writeUInt16BE(Math.round(value), index * 2);
    return bytes;
  };
  const tags = new Map(tagsIn(icc));
  const [red = [], green = [], blue = []] = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) =>
    [8, 12, 16].map((at) => (tags.get(name)?.readInt32BE(at) ?? 0) / 65_536),
  );
  const corner = (bits: number): number[] =>
    [0, 1, 2].map((part) => {
      const sum =
        (bits & 4 ? (red[part] ?? 0) : 0) +
        (bits & 2 ? (green[part] ?? 0) : 0) +
        (bits & 1 ? (blue[part] ?? 0) : 0);
      return Math.max(0, sum) * 32_768;
    });
  const points = 1024;
  const curve = Array.from({ length: points }, (_, point) => light(point / (points - 1)) * 65_535);
  const head = Buffer.alloc(48);
  head.write('mft2', 'latin1');
  head.set([3, 3, 2], 8);
  for (const diagonal of [12, 28, 44]) head.writeUInt32BE(0x1_0000, diagonal);
  const table = Buffer.concat([
    head,
    u16([points, 2]),
    u16([...curve, ...curve, ...curve]),
    u16(Array.from({ length: 8 }, (_, bits) => corner(bits)).flat()),
    u16([0, 65_535, 0, 65_535, 0, 65_535]),
  ]);
  const file = iccFile(icc, [
    ...[...tags].filter(([name]) => ['desc', 'cprt', 'wtpt'].includes(name)),
    ['A2B0', table],
  ]);
  // Tables of this kind belong to the older profiles.
  file.writeUInt32BE(0x0240_0000, 8);
  return file;
}
