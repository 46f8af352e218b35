/* Places under dispute, marked below everything else: a dashed ring where the territory is
   disputed (Article 140), a ring of two halves where two governorates claim the place. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const RADIUS = 15;
  const FROM_ZOOM = 6; // below, the rings would cover the map
  const TURN = 2 * Math.PI;

  /* A ring at a point: dashed for a disputed territory, in two halves for two governorates. */
  function sign(ctx, theme, place, x, y, r) {
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = theme.disputed;
    if (place.disputed) {
      ctx.setLineDash([4, 3]);
      ctx.beginPath();
      ctx.arc(x, y, r, 0, TURN);
      ctx.stroke();
    }
    if (place.both) {
      ctx.setLineDash([]);
      ctx.lineWidth = 3;
      for (const from of [-0.35, 0.65]) {
        ctx.beginPath();
        ctx.arc(x, y, r + (place.disputed ? 3.5 : 0), from * Math.PI, (from + 0.7) * Math.PI);
        ctx.stroke();
      }
    }
    ctx.setLineDash([]);
  }

  /* One entry a point: several places may share the marker of their district. */
  function prepare(meta) {
    const found = new Map();
    for (const one of meta.places || []) {
      const key = `${one.lat},${one.lon}`;
      const [x, y] = parts.columns.project(one.lat, one.lon);
      const old = found.get(key) || { x, y, disputed: false, both: false, labels: [] };
      old.disputed = old.disputed || one.disputed;
      old.both = old.both || one.both;
      old.labels.push(one.label);
      found.set(key, old);
    }
    return [...found.values()];
  }

  function paint(frame, theme, places) {
    if (frame.zoom < FROM_ZOOM) return;
    for (const one of places) {
      const [x, y] = [one.x * frame.scale - frame.ox, one.y * frame.scale - frame.oy];
      if (x > -RADIUS && y > -RADIUS && x < frame.width + RADIUS && y < frame.height + RADIUS) sign(frame.ctx, theme, one, x, y, RADIUS);
    }
  }

  Object.assign(parts, { disputed: { sign, prepare, paint } });
})(window);
