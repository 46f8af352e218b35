/* The coordination centres: which are shown, where they stand, how they are painted. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const STEM = 30; // pixels from a place up to its centre, so that events below stay in reach
  const BESIDE = 26; // between centres of one place
  const FROM_ZOOM = 7.5; // names of centres outside the network
  const OBSTACLES = 400;
  const CUT = 300; // a name cut by the edge costs as much as so many pixels under a mark

  /* The centres a call shows, each with what was last reported by its last day. Those outside
     the network are drawn from their first report on; before, nobody had spoken of them.
     `spans` are the steps as known on a day, by a centre's index; without them, as known today. */
  function shown(meta, call, spans) {
    if (!call.centres) return [];
    const away = new Set(call.away); // whose governorates count is the caller's to know
    const looks = new Map((meta.statuses || []).map((s) => [s.id, s]));
    const nothing = looks.get("none");
    const assessed = new Map((meta.assessments || []).map((a) => [a.id, a]));
    const list = [];
    for (const one of meta.centres || []) {
      if (one.lat === null || one.lon === null) continue;
      if (away.has(one.index)) continue;
      const span = parts.columns.statusOn(spans ? spans[one.index] || [] : one.spans, call.to);
      const main = one.role === "network";
      if (!span && !main) continue;
      const ids = span && span.statuses.length ? span.statuses : ["none"];
      const groups = (span && span.groups) || [];
      const clash = [...new Set(groups.map((id) => (meta.conflicts || {})[id] || id))];
      const age = span && span.confirmed != null && call.to != null ? call.to - span.confirmed : 0;
      const [x, y] = parts.columns.project(one.lat, one.lon);
      // what stands in brackets explains a place to a table; on the map its position does
      const name = one.place_label.replace(/\s*\([^)]*\)/g, "");
      const beside = ((span && span.assessments) || []).map((id) => assessed.get(id)).filter(Boolean);
      list.push({ one, name, main, span, ids, beside, groups, clash, age, looks: ids.map((id) => looks.get(id) || nothing), x, y });
    }
    return list;
  }

  /* Where each stands on the sheet: above its place, beside a centre of the same place. */
  function lay(frame, list, radiusOf) {
    const at = new Map();
    return [...list].sort((a, b) => b.main - a.main).map((c) => {
      const ground = { x: c.x * frame.scale - frame.ox, y: c.y * frame.scale - frame.oy };
      const key = `${c.x},${c.y}`;
      const nth = at.get(key) || 0;
      at.set(key, nth + 1);
      return {
        ...c, ground, x: ground.x + nth * BESIDE, y: ground.y - STEM, r: c.main ? 11.5 : 8.5,
        ring: parts.events.metres(frame, c.y, radiusOf(c.one.precision)),
      };
    });
  }

  const box = (m, gap) => [m.x - m.r - gap, m.y - m.r - gap, m.x + m.r + gap, m.y + m.r + gap];
  /* Square pixels that two boxes have in common. */
  const shared = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  /* Choose a free side for each name, those of the network first; `covered` are boxes under
     controls. Returns names to be written and every box that is taken, for those of the base map. */
  function names(frame, theme, laid, marks, covered) {
    const taken = [...covered, ...marks.slice(0, OBSTACLES).map((m) => box(m, 1)), ...laid.map((c) => box(c, 2))];
    const view = [frame.left, frame.top, frame.left + frame.view.x, frame.top + frame.view.y];
    const inside = (b) => b[0] > view[0] && b[2] < view[2] && b[1] > view[1] && b[3] < view[3];
    const written = [];
    for (const c of [...laid].sort((a, b) => b.main - a.main || a.y - b.y)) {
      if (!c.main && frame.zoom < FROM_ZOOM) continue;
      const style = { weight: c.main ? 700 : 400, size: c.main ? 12.5 : 11.5, rtl: theme.rtl };
      const sides = sidesOf(frame, theme, c, style).map((s) => ({ ...s, lost: taken.reduce((sum, b) => sum + shared(b, s.box), 0) }));
      const cost = (s) => s.lost + (inside(s.box) ? 0 : CUT);
      const side = sides.reduce((a, b) => (cost(b) < cost(a) ? b : a));
      // a centre of the network is never without its name, however crowded its place
      if (side.lost > 0 && !c.main) continue;
      taken.push(side.box);
      written.push({ ...side, text: c.name, style: { ...style, align: side.align } });
    }
    return { written, taken };
  }

  function sidesOf({ ctx }, theme, c, style) {
    ctx.font = `${style.weight} ${style.size}px ${theme.font}`;
    const w = ctx.measureText(c.name).width;
    const gap = c.r + 5;
    const beside = (align, left, x) => ({ align, x, y: c.y, box: [left, c.y - 8, left + w, c.y + 8] });
    const over = (y) => ({ align: "center", x: c.x, y, box: [c.x - w / 2, y - 8, c.x + w / 2, y + 8] });
    const [right, left] = [beside("left", c.x + gap, c.x + gap), beside("right", c.x - gap - w, c.x - gap)];
    const moved = (s, dx, dy) => ({ ...s, x: s.x + dx, y: s.y + dy, box: [s.box[0] + dx, s.box[1] + dy, s.box[2] + dx, s.box[3] + dy] });
    const [near, far] = theme.rtl ? [left, right] : [right, left];
    const [above, below] = [over(c.y - gap - 5), over(c.y + gap + 5)];
    const shifted = (s) => [moved(s, -w / 3, 0), moved(s, w / 3, 0), moved(s, -w / 2, 0), moved(s, w / 2, 0)];
    return [near, far, above, moved(near, 0, 9), moved(far, 0, 9), moved(near, 0, -9), moved(far, 0, -9), ...shifted(above), below, ...shifted(below)];
  }

  function paintStems({ ctx }, theme, laid) {
    for (const c of laid) parts.marks.stem(ctx, theme, c.ground.x, c.ground.y, c.x, c.y);
  }

  function paint({ ctx }, theme, laid, selected) {
    for (const c of [...laid].sort((a, b) => a.main - b.main || a.y - b.y)) {
      parts.marks.centre(ctx, theme, c.looks, c.x, c.y, c.r);
      if (c.groups.length && c.ids.length < 2) parts.marks.clash(ctx, theme, c.x + 0.82 * c.r, c.y - 0.82 * c.r);
      if (c.one.index === selected) parts.marks.chosen(ctx, theme, c.x, c.y, c.r + 4.5);
      parts.marks.assessments(ctx, theme, c.beside, c.x, c.y, c.r);
    }
  }

  Object.assign(parts, { centres: { shown, lay, names, paintStems, paint, meets } });
})(window);
