/* Events as typed arrays: unpack the binary, match a filter, group what lies at one point.
   Pure functions without a page; layer.js uses them, tests call them one by one. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const HEADER = 32;
  const VERSION = 1;
  const SUBJECT = 0x80; // high bit of a precision: the event is about the area

  function magic(view) {
    return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(i)));
  }

  function expect(view, sign, least) {
    if (view.byteLength < least) throw new Error(`${sign}: ${view.byteLength} bytes, at least ${least} expected`);
    if (magic(view) !== sign) throw new Error(`${sign}: the file begins with ${magic(view)}`);
    const version = view.getUint16(4, true);
    if (version !== VERSION) throw new Error(`${sign}: version ${version}, ${VERSION} expected`);
  }

  /* Read the columns of all events; x and y are offsets from x0, y0 in units of the world. */
  function unpack(buffer) {
    const view = new DataView(buffer);
    expect(view, "TSQE", HEADER);
    const n = view.getUint32(8, true);
    const columns = { n, longest: view.getInt32(12, true), x0: view.getFloat64(16, true), y0: view.getFloat64(24, true) };
    let at = HEADER;
    const take = (name, Kind) => {
      at = Math.ceil(at / 8) * 8;
      const size = n * Kind.BYTES_PER_ELEMENT;
      if (at + size > buffer.byteLength) throw new Error(`TSQE: the column ${name} is cut short`);
      columns[name] = new Kind(buffer, at, n);
      at += size;
    };
    take("x", Float32Array);
    take("y", Float32Array);
    take("start", Uint16Array);
    take("end", Uint16Array);
    for (const name of ["type", "admin1", "admin1_alt", "precision"]) take(name, Uint8Array);
    return columns;
  }

  /* Read a bitmask of rows; `n` must be the number of events it was made for. */
  function unmask(buffer, n) {
    const view = new DataView(buffer);
    expect(view, "TSQM", 16);
    if (view.getUint32(8, true) !== n) throw new Error(`TSQM: made for ${view.getUint32(8, true)} rows, not ${n}`);
    if (buffer.byteLength < 16 + Math.ceil(n / 8)) throw new Error("TSQM: the mask is cut short");
    return new Uint8Array(buffer, 16);
  }

  /* First index whose value is at least `limit` in a sorted array. */
  function lowerBound(sorted, limit) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const has = (bits, code) => code < 32 && ((bits >>> code) & 1) === 1;

  /* Row numbers of the events a call asks for, in order; the same rule as in SQL and pandas.
     Rows are sorted by start, so that two searches bound the range: no event that starts
     before `from` minus the longest interval can still touch it. */
  function match(columns, call, mask, into) {
    const { start, end, type, admin1, admin1_alt: alternative } = columns;
    const from = call.from == null ? -Infinity : call.from;
    const to = call.to == null ? Infinity : call.to;
    const types = call.types | 0;
    const provinces = call.admin1 | 0;
    const rows = into || new Uint32Array(columns.n);
    const last = lowerBound(start, to + 1);
    const sure = lowerBound(start, from); // what starts in the range ends after its beginning
    const bare = types === 0 && provinces === 0 && !mask;
    let count = 0;
    for (let i = lowerBound(start, from - columns.longest); i < last; i++) {
      if (i >= sure && bare) {
        while (i < last) rows[count++] = i++;
        break;
      }
      if (end[i] < from) continue;
      if (types !== 0 && !has(types, type[i])) continue;
      if (provinces !== 0 && !has(provinces, admin1[i]) && !(alternative[i] && has(provinces, alternative[i]))) continue;
      if (mask && ((mask[i >> 3] >> (i & 7)) & 1) === 0) continue;
      rows[count++] = i;
    }
    return rows.subarray(0, count);
  }

  /* Number the distinct pairs of point and precision: `of[row]` is the place of a row, -1
     without a point. Events of one point that mean a town and a district are two places,
     since one is a point and the other an area; `whole`: every row has a point; `peer` leads from a place to the one before it
     at its point, -1 from the first. */
  function places(columns, radii) {
    const { n, x, y, precision } = columns;
    const bitsX = new Uint32Array(x.buffer, x.byteOffset, n);
    const bitsY = new Uint32Array(y.buffer, y.byteOffset, n);
    let size = 16;
    while (size < n * 2) size *= 2;
    const slots = new Int32Array(size).fill(-1);
    const of = new Int32Array(n);
    const first = new Uint32Array(n);
    const peer = new Int32Array(n);
    let count = 0;
    let whole = true;
    for (let i = 0; i < n; i++) {
      of[i] = -1;
      if (x[i] !== x[i] || y[i] !== y[i]) {
        whole = false;
        continue;
      }
      const radius = radii[precision[i] & 0x7f] || 0;
      let at = (Math.imul(bitsX[i], 0x9e3779b1) ^ Math.imul(bitsY[i], 0x85ebca6b)) >>> 0;
      at = (at ^ (at >>> 15)) & (size - 1);
      for (let last = -1; ; at = (at + 1) & (size - 1)) {
        const place = slots[at];
        if (place === -1) {
          slots[at] = count;
          first[count] = i;
          peer[count] = last;
          of[i] = count++;
          break;
        }
        const row = first[place];
        if (bitsX[row] !== bitsX[i] || bitsY[row] !== bitsY[i]) continue;
        if ((radii[precision[row] & 0x7f] || 0) === radius) {
          of[i] = place;
          break;
        }
        last = place;
      }
    }
    return { of, first: first.slice(0, count), peer: peer.slice(0, count), count, whole };
  }

  /* How far down the stack of marks at its point an area stands: 0 alone or a point, then
     1, 2 … by growing radius. Computed from all data, so that no filter moves a mark. */
  function stack(columns, { first, peer, count }, radii) {
    const level = new Uint8Array(count);
    const size = (place) => radii[columns.precision[first[place]] & 0x7f] || 0;
    const followed = new Uint8Array(count);
    for (let p = 0; p < count; p++) if (peer[p] >= 0) followed[peer[p]] = 1;
    for (let p = 0; p < count; p++) {
      if (peer[p] < 0 || followed[p]) continue;
      const list = [];
      for (let q = p; q >= 0; q = peer[q]) list.push(q);
      list.sort((a, b) => size(a) - size(b)).forEach((q, rank) => { level[q] = rank; });
    }
    return level;
  }

  const project = (lat, lon) => [
    (lon + 180) / 360,
    (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2,
  ];
  const latitude = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  const longitude = (x) => x * 360 - 180;

  /* What was last reported about a centre by a day; `null` when nothing was. */
  function statusOn(spans, day) {
    let found = null;
    for (const span of spans || []) if (day == null || span.from <= day) found = span;
    return found;
  }

  const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

  Object.assign(parts, {
    columns: { SUBJECT, expect, unpack, unmask, lowerBound, match, places, stack, project, latitude, longitude, statusOn, fromBase64 },
  });
})(window);
