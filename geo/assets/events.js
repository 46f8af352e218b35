/* From matching rows to marks: what is in view, one mark a place, density, centres, hits. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const CROWD = 4000; // events in view from which single marks say less than a density
  const FEW_PLACES = 300; // but as many events on few places are still told best by numbers
  const EQUATOR = 40075016.686;
  const EDGE = 40; // pixels around the sheet: a mark there may reach into it
  const STEP = 28; // pixels between marks stacked at one point
  const SMALLEST_RING = 14;
  const MOST_RINGS = 200;

  const metres = (frame, worldY, m) =>
    (m / (EQUATOR * Math.cos((parts.columns.latitude(worldY) * Math.PI) / 180))) * frame.scale;

  /* Everything about the events that no filter changes. */
  function index(columns, meta, theme) {
    const radii = [];
    for (const p of meta.precisions || []) radii[p.code] = p.radius_m || 0;
    const byId = new Map((meta.families || []).map((f) => [f.id, f]));
    const sets = meta.sets || [];
    // data sets side by side take the place of families: a colour and a shape each
    const families = (sets.length ? sets : [...byId.values()]).map((f) => ({ id: f.id, label: f.label, shape: f.shape, colour: theme.dark ? f.colour_dark : f.colour, reversed: theme.dark ? f.colour : f.colour_dark }));
    const other = { id: "other", label: meta.other || "", shape: "circle", colour: theme.muted };
    const familyOf = new Uint8Array(256).fill(families.length);
    for (const t of meta.types || []) {
      const at = families.findIndex((f) => f.id === t.family);
      if (at >= 0) familyOf[t.code] = at;
    }
    const grouped = parts.columns.places(columns, radii);
    return {
      columns, radii, familyOf, families: [...families, other], grouped,
      setOf: sets.length ? new Uint8Array(columns.n) : null, setKey: "", lots: {},
      level: parts.columns.stack(columns, grouped, radii),
      hits: { row: new Uint32Array(columns.n), n: 0 },
      seen: new Int32Array(grouped.count).fill(-1), slot: new Uint16Array(grouped.count), turn: 0,
      crowd: { key: "", most: 0 },
      grid: null, number: null, // of a large table: what its store counted, and the row numbers there
    };
  }

  /* The family of a row, or the data set where several are compared. */
  const kind = ({ setOf, familyOf, columns }, row) => (setOf ? setOf[row] : familyOf[columns.type[row]]);

  /* Which data set each row is of: the first one, but for those that a mask names. */
  function part(held, key, masks) {
    if (!held.setOf || held.setKey === key) return;
    held.setKey = key;
    held.setOf.fill(0);
    masks.forEach((bits, i) => {
      for (let row = 0; row < held.columns.n; row++) if ((bits[row >> 3] >> (row & 7)) & 1) held.setOf[row] = Math.min(i + 1, held.families.length - 1);
    });
  }

  /* Apply a call: `hits` holds the matching events that have a point, in row order. */
  function filter(held, call, mask, clash) {
    const { columns, hits, grouped } = held;
    const { row, x } = { row: hits.row, x: columns.x };
    const found = parts.columns.match(columns, call, mask, row).length;
    let n = grouped.whole ? found : 0;
    // those without a point go out, in the same place
    if (!grouped.whole) for (let i = 0; i < found; i++) if (x[row[i]] === x[row[i]]) row[n++] = row[i];
    hits.n = n;
    held.matched = found;
    held.clash = clash;
    held.crowd.key = "";
  }

  /* Whether there are too many events on the sheet, on too many places, to tell them apart. */
  function crowded(frame, { columns, hits, grouped, seen }, turn) {
    const { scale } = frame;
    const [dx, dy] = [columns.x0 * scale - frame.ox, columns.y0 * scale - frame.oy];
    const [right, bottom] = [frame.width + EDGE, frame.height + EDGE];
    let inside = 0;
    let places = 0;
    for (let i = 0; i < hits.n; i++) {
      const row = hits.row[i];
      const x = columns.x[row] * scale + dx;
      const y = columns.y[row] * scale + dy;
      if (x < -EDGE || y < -EDGE || x > right || y > bottom) continue;
      inside++;
      const place = grouped.of[row];
      if (seen[place] !== turn) {
        seen[place] = turn;
        places++;
      }
      if (inside > CROWD && places > FEW_PLACES) return true;
    }
    return false;
  }

  /* Marks of the places on the sheet, or null when there are too many events to tell apart. */
  function collect(frame, held) {
    if (held.grid || (held.hits.n > CROWD && crowded(frame, held, ++held.turn))) return null;
    const { columns, hits, grouped, seen, slot, families, radii } = held;
    const { scale, width, height } = frame;
    const [dx, dy] = [columns.x0 * scale - frame.ox, columns.y0 * scale - frame.oy];
    const turn = ++held.turn;
    const marks = [];
    for (let i = 0; i < hits.n; i++) {
      const row = hits.row[i];
      const x = columns.x[row] * scale + dx;
      const y = columns.y[row] * scale + dy;
      if (x < -EDGE || y < -EDGE || x > width + EDGE || y > height + EDGE) continue;
      const place = grouped.of[row];
      if (seen[place] !== turn) {
        seen[place] = turn;
        slot[place] = marks.length;
        const code = columns.precision[row] & 0x7f;
        marks.push({ place, x, y, ground: { x, y }, n: 0, counts: new Uint32Array(2 * families.length), clash: false, newest: 0, radius: radii[code] || 0, worldY: columns.y0 + columns.y[row] });
      }
      const one = marks[slot[place]];
      const hollow = columns.precision[row] >= parts.columns.SUBJECT ? 1 : 0;
      one.counts[2 * kind(held, row) + hollow]++;
      one.n++;
      one.newest = Math.max(one.newest, columns.start[row]);
      one.clash = one.clash || clashes(held, row);
    }
    marks.forEach((one) => finish(one, frame, held));
    return marks.sort((a, b) => b.r - a.r || a.place - b.place);
  }

  /* Whether reports of an event contradict each other, as known on the day of the call. */
  const clashes = ({ clash }, row) => Boolean(clash) && ((clash[row >> 3] >> (row & 7)) & 1) === 1;

  function finish(one, frame, held) {
    one.families = held.families
      .map((family, i) => ({ family, n: one.counts[2 * i] + one.counts[2 * i + 1], hollow: one.counts[2 * i] === 0 }))
      .filter((f) => f.n > 0);
    one.y += STEP * held.level[one.place];
    one.ring = one.radius > 0 ? metres(frame, one.worldY, one.radius) : 0;
    one.r = one.n > 1 ? parts.marks.badgeRadius(one.n) : one.radius > 0 ? 11 : 7.5;
  }

  /* The grounds of areas, below everything; those that coincide are one. */
  function paintAreas(frame, theme, list) {
    const seen = new Set();
    for (const one of list) {
      const key = `${Math.round(one.ground.x)},${Math.round(one.ground.y)},${Math.round(one.ring)}`;
      if (one.ring < SMALLEST_RING || seen.size >= MOST_RINGS || seen.has(key)) continue;
      seen.add(key);
      parts.marks.area(frame.ctx, theme, one.ground.x, one.ground.y, one.ring);
    }
  }

  function paintMarks(frame, theme, marks, w) {
    for (const one of marks) parts.marks.mark(frame.ctx, theme, one, one.x, one.y, w.number(one.n));
  }

  /* Where an event is held, by its row number in the data; -1 where it is not. */
  function at({ number, columns }, row) {
    if (!number) return row < columns.n ? row : -1;
    const found = parts.columns.lowerBound(number, row);
    return number[found] === row ? found : -1;
  }

  /* A ring round what is selected: its mark, or its point where only a density is drawn. */
  function paintChosen(frame, theme, held, rows, marks) {
    const { columns, grouped } = held;
    const here = rows.map((row) => at(held, row)).filter((row) => row >= 0);
    const wanted = new Set(here.map((row) => grouped.of[row]));
    for (const one of marks) if (wanted.delete(one.place)) parts.marks.chosen(frame.ctx, theme, one.x, one.y, one.r + 5.5);
    for (const row of here) {
      if (!wanted.delete(grouped.of[row]) || columns.x[row] !== columns.x[row]) continue;
      const x = (columns.x0 + columns.x[row]) * frame.scale - frame.ox;
      const y = (columns.y0 + columns.y[row]) * frame.scale - frame.oy;
      parts.marks.chosen(frame.ctx, theme, x, y, 9);
    }
  }

  /* What the legend has to explain: families and signs among the matching events, statuses. */
  function present(held, shown, mode) {
    const { columns, hits, grouped, seen, families, radii } = held;
    const turn = ++held.turn;
    const used = new Uint8Array(families.length);
    if (held.grid && held.setOf) for (const one of held.grid.kind) used[Math.min(one, families.length - 1)] = 1;
    const flags = { density: mode === "density", sets: Boolean(held.setOf), hollow: false, area: false, several: false, contradicted: false, clash: false };
    // of a density only the colours of data sets are explained: no sign of single events
    if (flags.density && held.setOf) for (let i = 0; i < hits.n; i++) used[held.setOf[hits.row[i]]] = 1;
    for (let i = 0; i < (flags.density ? 0 : hits.n); i++) {
      const row = hits.row[i];
      const precision = columns.precision[row];
      used[kind(held, row)] = 1;
      if (clashes(held, row)) flags.clash = true;
      if (precision >= parts.columns.SUBJECT) flags.hollow = true;
      if (radii[precision & 0x7f] > 0) flags.area = true;
      const place = grouped.of[row];
      if (seen[place] === turn) flags.several = true;
      seen[place] = turn;
    }
    const looks = new Map();
    const assessments = new Set();
    for (const c of shown) {
      for (const look of c.looks) looks.set(look.id, look);
      for (const one of c.beside) assessments.add(one);
    }
    const pair = (shown.find((c) => c.looks.length > 1) || { looks: [] }).looks;
    flags.contradicted = pair.length > 1;
    flags.doubted = shown.some((c) => c.groups.length > 0 && c.ids.length < 2);
    return {
      flags, pair, assessments: [...assessments].sort((a, b) => (a.id < b.id ? -1 : 1)),
      families: families.filter((f, i) => used[i] && f.label),
      statuses: [...looks.values()].sort((a, b) => (b.rank || 0) - (a.rank || 0)),
    };
  }

  /* How many matching events with a point each compared data set has, by its name. */
  function shares(held) {
    const found = {};
    for (let i = 0; i < held.hits.n; i++) {
      const { id } = held.families[kind(held, held.hits.row[i])];
      found[id] = (found[id] || 0) + 1;
    }
    return found;
  }

  /* Marks and centre under a point of the sheet; `slack` is wider for fingers. */
  function under(point, marks, laid, slack) {
    const near = (m) => Math.hypot(m.x - point.x, m.y - point.y) <= m.r + slack;
    const found = laid.filter(near).sort((a, b) => Math.hypot(a.x - point.x, a.y - point.y) - Math.hypot(b.x - point.x, b.y - point.y));
    return { marks: (marks || []).filter(near), centre: found.length ? found[0] : null };
  }

  /* All matching rows of some places, in row order, by their numbers in the data. */
  function rowsOf(held, marks) {
    if (marks.length === 0) return [];
    const wanted = new Set(marks.map((m) => m.place));
    const rows = [];
    const { hits, grouped, number } = held;
    for (let i = 0; i < hits.n; i++) {
      const row = hits.row[i];
      if (wanted.has(grouped.of[row])) rows.push(number ? number[row] : row);
    }
    return rows;
  }

  Object.assign(parts, {
    events: { EDGE, metres, index, kind, part, filter, collect, paintAreas, paintMarks, paintChosen, present, shares, under, rowsOf },
  });
})(window);
