/* From matching rows to marks: what is in view, one mark a place, density, centres, hits. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const CROWD = 4000; // events in view from which single marks say less than a density
  const FEW_PLACES = 300; // but as many events on few places are still told best by numbers
  const CELL = 4;
  const EQUATOR = 40075016.686;
  const STEP = 21; // pixels between marks stacked at one point
  const STEM = 25;

  const metres = (frame, worldY, m) =>
    (m / (EQUATOR * Math.cos((parts.columns.latitude(worldY) * Math.PI) / 180))) * frame.scale;

  /* Everything about the events that no filter changes. */
  function index(columns, meta, theme) {
    const radii = [];
    for (const p of meta.precisions || []) radii[p.code] = p.radius_m || 0;
    const byId = new Map((meta.families || []).map((f) => [f.id, f]));
    const families = [...byId.values()].map((f) => ({ id: f.id, label: f.label, shape: f.shape, colour: theme.dark ? f.colour_dark : f.colour }));
    const other = { id: "other", label: "", shape: "circle", colour: theme.muted };
    const familyOf = new Uint8Array(256).fill(families.length);
    for (const t of meta.types || []) {
      const at = families.findIndex((f) => f.id === t.family);
      if (at >= 0) familyOf[t.code] = at;
    }
    const grouped = parts.columns.places(columns, radii);
    return {
      columns, radii, familyOf, families: [...families, other], grouped,
      level: parts.columns.stack(columns, grouped, radii),
      rows: new Uint32Array(columns.n),
      hits: { x: new Float32Array(columns.n), y: new Float32Array(columns.n), row: new Uint32Array(columns.n), n: 0 },
      seen: new Int32Array(grouped.count).fill(-1), slot: new Uint16Array(grouped.count), turn: 0,
      crowd: { key: "", most: 0 },
    };
  }

  /* Apply a call: `hits` holds the matching events that have a point, in row order. */
  function filter(held, call, mask) {
    const { columns, hits } = held;
    const rows = parts.columns.match(columns, call, mask, held.rows);
    let n = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const x = columns.x[row];
      if (x !== x) continue;
      hits.x[n] = x;
      hits.y[n] = columns.y[row];
      hits.row[n++] = row;
    }
    hits.n = n;
    held.matched = rows.length;
    held.crowd.key = "";
  }

  /* Marks of the places on the sheet, or null when there are too many events to tell apart. */
  function collect(frame, held) {
    const { columns, hits, grouped, seen, slot, familyOf, families, radii } = held;
    const { scale, width, height } = frame;
    const [dx, dy] = [columns.x0 * scale - frame.ox, columns.y0 * scale - frame.oy];
    const turn = ++held.turn;
    const marks = [];
    let inside = 0;
    for (let i = 0; i < hits.n; i++) {
      const x = hits.x[i] * scale + dx;
      const y = hits.y[i] * scale + dy;
      if (x < -40 || y < -40 || x > width + 40 || y > height + 40) continue;
      inside++;
      const row = hits.row[i];
      const place = grouped.of[row];
      if (seen[place] !== turn) {
        if (inside > CROWD && marks.length >= FEW_PLACES) return null;
        seen[place] = turn;
        slot[place] = marks.length;
        const code = columns.precision[row] & 0x7f;
        marks.push({ place, x, y, ground: y, n: 0, counts: new Uint32Array(2 * families.length), radius: radii[code] || 0, worldY: columns.y0 + hits.y[i] });
        if (inside > CROWD && marks.length > FEW_PLACES) return null;
      }
      const one = marks[slot[place]];
      const hollow = columns.precision[row] >= parts.columns.SUBJECT ? 1 : 0;
      one.counts[2 * familyOf[columns.type[row]] + hollow]++;
      one.n++;
    }
    if (inside > CROWD && marks.length > FEW_PLACES) return null;
    marks.forEach((one) => finish(one, frame, held));
    return marks.sort((a, b) => b.r - a.r || a.place - b.place);
  }

  function finish(one, frame, held) {
    one.families = held.families
      .map((family, i) => ({ family, n: one.counts[2 * i] + one.counts[2 * i + 1], hollow: one.counts[2 * i] === 0 }))
      .filter((f) => f.n > 0);
    one.y += STEP * held.level[one.place];
    one.ring = one.radius > 0 ? metres(frame, one.worldY, one.radius) : 0;
    one.r = one.n > 1 ? parts.marks.badgeRadius(one.n) : one.radius > 0 ? 11 : 7.5;
  }

  function paintMarks(frame, theme, marks, w) {
    const { ctx } = frame;
    const rings = new Set();
    for (const one of marks) {
      const key = `${Math.round(one.x)},${Math.round(one.ground)},${one.radius}`;
      if (one.ring > 14 && rings.size < 200 && !rings.has(key)) {
        rings.add(key);
        parts.marks.area(ctx, theme, one.x, one.ground, one.ring);
      }
    }
    for (const one of marks) parts.marks.mark(ctx, theme, one, one.x, one.y, w.number(one.n));
  }

  /* Shade cells of 4 pixels by the logarithm of their events. Cells keep to the world and the
     scale to the fullest cell seen at this zoom, so that moving the map does not recolour it. */
  function paintDensity(frame, theme, held) {
    const { ctx, scale, width, height } = frame;
    const { columns, hits, crowd } = held;
    const [shiftX, shiftY] = [((frame.ox % CELL) + CELL) % CELL, ((frame.oy % CELL) + CELL) % CELL];
    const cols = Math.ceil(width / CELL) + 1;
    const lines = Math.ceil(height / CELL) + 1;
    const cells = cols * lines;
    if (!crowd.cells || crowd.cells.length !== cells) {
      crowd.cells = new Uint32Array(cells);
      crowd.image = new ImageData(cols, lines);
      crowd.canvas = crowd.canvas || document.createElement("canvas");
      crowd.canvas.width = cols;
      crowd.canvas.height = lines;
    } else crowd.cells.fill(0);
    const counts = crowd.cells;
    const k = scale / CELL;
    const [dx, dy] = [(columns.x0 * scale - frame.ox + shiftX) / CELL, (columns.y0 * scale - frame.oy + shiftY) / CELL];
    const { x, y, n } = hits;
    for (let i = 0; i < n; i++) {
      const cx = x[i] * k + dx;
      const cy = y[i] * k + dy;
      if (cx >= 0 && cy >= 0 && cx < cols && cy < lines) counts[(cy | 0) * cols + (cx | 0)]++;
    }
    let most = 0;
    for (let i = 0; i < cells; i++) if (counts[i] > most) most = counts[i];
    if (crowd.key !== String(frame.zoom)) crowd.most = 0;
    crowd.key = String(frame.zoom);
    crowd.most = Math.max(crowd.most, most, 8);
    const colours = new Uint32Array(crowd.image.data.buffer);
    const step = 255 / Math.log(1 + crowd.most);
    const lookup = crowd.lookup || (crowd.lookup = new Uint8Array(1024));
    for (let i = 0; i < 1024; i++) lookup[i] = Math.min(255, Math.log(1 + i) * step);
    for (let i = 0; i < cells; i++) {
      const c = counts[i];
      colours[i] = c === 0 ? 0 : theme.density[c < 1024 ? lookup[c] : Math.min(255, Math.log(1 + c) * step) | 0];
    }
    crowd.canvas.getContext("2d").putImageData(crowd.image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(crowd.canvas, -shiftX, -shiftY, cols * CELL, lines * CELL);
    ctx.imageSmoothingEnabled = true;
  }

  /* The centres a call shows, each with what was last reported by its last day. Those outside
     the network are drawn from their first report on; before, nobody had spoken of them. */
  function centres(meta, call) {
    if (!call || !call.centres) return [];
    const codes = new Map((meta.admin1 || []).map((a) => [a.id, a.code]));
    const code = (value) => (typeof value === "number" ? value : codes.get(value) || 0);
    const bits = call.admin1 | 0;
    const looks = new Map((meta.statuses || []).map((s) => [s.id, s]));
    const nothing = looks.get("none") || { id: "none", label: "", fill: 0, dashed: true };
    const shown = [];
    for (const one of meta.centres || []) {
      if (one.lat == null || one.lon == null) continue;
      const [a, b] = [code(one.admin1), code(one.admin1_alt)];
      if (bits && !((bits >>> a) & 1) && !(b && (bits >>> b) & 1)) continue;
      const span = parts.columns.statusOn(one.spans, call.to);
      const ids = span && span.statuses.length ? span.statuses : ["none"];
      const main = one.role === "network" || one.role === undefined;
      if (!span && !main) continue;
      const [x, y] = parts.columns.project(one.lat, one.lon);
      shown.push({ one, main, span, ids, looks: ids.map((id) => looks.get(id) || nothing), x, y });
    }
    return shown;
  }

  function layCentres(frame, list, radiusOf) {
    const beside = new Map();
    return list.map((c) => {
      const x = c.x * frame.scale - frame.ox;
      const y = c.y * frame.scale - frame.oy;
      const key = `${c.one.lat},${c.one.lon}`;
      const nth = beside.get(key) || 0;
      beside.set(key, nth + 1);
      const radius = radiusOf(c.one.precision);
      const r = c.main ? 11.5 : 8.5;
      return { ...c, x: x + nth * 26, ground: y, y: y - STEM, r, ring: radius ? metres(frame, c.y, radius) : 0 };
    });
  }

  function paintCentres(frame, theme, laid, obstacles, selected) {
    const { ctx } = frame;
    const order = [...laid].sort((a, b) => a.main - b.main || a.ground - b.ground);
    for (const c of order) if (c.ring > 14) parts.marks.area(ctx, theme, c.x, c.ground, c.ring);
    for (const c of order) {
      parts.marks.stem(ctx, theme, c.x, c.ground, STEM - c.r);
      parts.marks.centre(ctx, theme, c.looks, c.x, c.y, c.r);
      if (c.one.index === selected) parts.marks.chosen(ctx, theme, c.x, c.y, c.r + 4.5);
    }
    const boxes = obstacles.slice(0, 400).map((m) => [m.x - m.r, m.y - m.r, m.x + m.r, m.y + m.r]);
    for (const c of laid) boxes.push([c.x - c.r - 2, c.y - c.r - 2, c.x + c.r + 2, c.y + c.r + 2]);
    for (const c of [...order].reverse()) if (c.main || frame.zoom >= 7.5) label(frame, theme, c, boxes);
  }

  /* Write a centre's short name beside its mark, on the first side that is free. */
  function label(frame, theme, c, boxes) {
    const { ctx } = frame;
    const text = c.one.short || c.one.place_label || c.one.label;
    const style = { weight: c.main ? 700 : 500, size: c.main ? 12.5 : 11.5, rtl: theme.rtl };
    ctx.font = `${style.weight} ${style.size}px ${theme.font}`;
    const w = ctx.measureText(text).width;
    const gap = c.r + 5;
    const sides = [
      { align: "left", x: c.x + gap, y: c.y, box: [c.x + gap, c.y - 8, c.x + gap + w, c.y + 8] },
      { align: "right", x: c.x - gap, y: c.y, box: [c.x - gap - w, c.y - 8, c.x - gap, c.y + 8] },
      { align: "center", x: c.x, y: c.y - gap - 5, box: [c.x - w / 2, c.y - gap - 13, c.x + w / 2, c.y - gap + 3] },
    ];
    if (theme.rtl) [sides[0], sides[1]] = [sides[1], sides[0]];
    const free = (b) => !boxes.some((o) => b[0] < o[2] && o[0] < b[2] && b[1] < o[3] && o[1] < b[3]);
    const side = sides.find((s) => free(s.box)) || (c.main ? sides[0] : null);
    if (!side) return;
    boxes.push(side.box);
    parts.marks.text(ctx, theme, text, side.x, side.y, { ...style, align: side.align });
  }

  /* A ring round what is selected: its mark, or its point where only a density is drawn. */
  function paintChosen(frame, theme, held, rows, marks) {
    const { columns, grouped } = held;
    const wanted = new Set(rows.map((row) => grouped.of[row]));
    for (const one of marks) if (wanted.delete(one.place)) parts.marks.chosen(frame.ctx, theme, one.x, one.y, one.r + 5.5);
    for (const row of rows) {
      if (!wanted.delete(grouped.of[row]) || columns.x[row] !== columns.x[row]) continue;
      const x = (columns.x0 + columns.x[row]) * frame.scale - frame.ox;
      const y = (columns.y0 + columns.y[row]) * frame.scale - frame.oy;
      parts.marks.chosen(frame.ctx, theme, x, y, 9);
    }
  }

  /* What the legend has to explain: families and signs among the matching events, statuses. */
  function present(held, shown, mode) {
    const { columns, hits, grouped, seen, families, familyOf, radii } = held;
    const turn = ++held.turn;
    const used = new Uint8Array(families.length);
    const flags = { density: mode === "density", hollow: false, area: false, several: false, contradicted: false };
    for (let i = 0; i < hits.n; i++) {
      const row = hits.row[i];
      const precision = columns.precision[row];
      used[familyOf[columns.type[row]]] = 1;
      if (precision >= parts.columns.SUBJECT) flags.hollow = true;
      if (radii[precision & 0x7f] > 0) flags.area = true;
      const place = grouped.of[row];
      if (seen[place] === turn) flags.several = true;
      seen[place] = turn;
    }
    const looks = new Map();
    for (const c of shown) for (const look of c.looks) looks.set(look.id, look);
    const pair = (shown.find((c) => c.looks.length > 1) || { looks: [] }).looks;
    flags.contradicted = pair.length > 1;
    return {
      flags, pair,
      families: families.filter((f, i) => used[i] && f.id !== "other"),
      statuses: [...looks.values()].sort((a, b) => (b.rank || 0) - (a.rank || 0)),
    };
  }

  /* Marks and centre under a point of the sheet; `slack` is wider for fingers. */
  function under(point, marks, laid, slack) {
    const near = (m) => Math.hypot(m.x - point.x, m.y - point.y) <= m.r + slack;
    const found = laid.filter(near).sort((a, b) => Math.hypot(a.x - point.x, a.y - point.y) - Math.hypot(b.x - point.x, b.y - point.y));
    return { marks: (marks || []).filter(near), centre: found.length ? found[0] : null };
  }

  /* All matching rows of some places, in row order. */
  function rowsOf(held, marks) {
    if (marks.length === 0) return [];
    const wanted = new Set(marks.map((m) => m.place));
    const rows = [];
    const { hits, grouped } = held;
    for (let i = 0; i < hits.n; i++) if (wanted.has(grouped.of[hits.row[i]])) rows.push(hits.row[i]);
    return rows;
  }

  Object.assign(parts, {
    events: { index, filter, collect, paintMarks, paintDensity, centres, layCentres, paintCentres, paintChosen, present, under, rowsOf },
  });
})(window);
