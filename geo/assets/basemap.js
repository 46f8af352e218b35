/* The base map from data/basemap: ground, relief, water, borders and their names. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const UNIT = 1e6; // paths are kept near zero in millionths of the world: canvas paths are float32
  // where a name may stand when its own point is taken: in half widths aside, in pixels up and down
  const OFFSETS = [[0, 0], [0, 20], [0, -20], [1, 0], [-1, 0], [1, 24], [-1, 24], [1, -24], [-1, -24]];
  const CENTRE = [44 / 360 + 0.5, 0.4];

  function line(path, ring, closed) {
    ring.forEach(([lon, lat], i) => {
      const [x, y] = parts.columns.project(lat, lon);
      const at = [(x - CENTRE[0]) * UNIT, (y - CENTRE[1]) * UNIT];
      if (i) path.lineTo(...at);
      else path.moveTo(...at);
    });
    if (closed) path.closePath();
  }

  function trace(path, geometry) {
    const { type, coordinates: at } = geometry;
    if (type === "Polygon") at.forEach((ring) => line(path, ring, true));
    else if (type === "MultiPolygon") at.forEach((shape) => shape.forEach((ring) => line(path, ring, true)));
    else if (type === "LineString") line(path, at, false);
    else if (type === "MultiLineString") at.forEach((piece) => line(path, piece, false));
  }

  function pathOf(collection, keep) {
    const path = new Path2D();
    for (const { properties, geometry } of (collection || { features: [] }).features) {
      if (geometry && (!keep || keep(properties || {}))) trace(path, geometry);
    }
    return path;
  }

  /* Names to write: text, place in the world, the zoom from which it is shown. */
  function namesOf(collection, say, kind) {
    const found = [];
    for (const { properties: p } of (collection || { features: [] }).features) {
      const text = p && p.label_lon != null ? say(p.id) : "";
      if (text) found.push({ kind, text, at: parts.columns.project(p.label_lat, p.label_lon) });
    }
    return found;
  }

  /* Turn the fetched files into what is painted; a file that is missing paints nothing. */
  function prepare(files, manifest, say) {
    const kind = (wanted) => (p) => p.kind === wanted;
    const [w, s, e, n] = manifest.box || ((manifest.files || {})["relief.webp"] || {}).bounds || [36.7, 27.3, 51.8, 38.8];
    const [left, top] = parts.columns.project(n, w);
    const [right, bottom] = parts.columns.project(s, e);
    return {
      box: { left, top, right, bottom },
      relief: files["relief.webp"] || null,
      land: pathOf(files["land.json"]),
      home: pathOf(files["land.json"], (p) => p.id === "IQ"),
      sea: pathOf(files["water.json"], kind("sea")),
      lakes: pathOf(files["water.json"], kind("lake")),
      great: pathOf(files["rivers.json"], (p) => p.id),
      rivers: pathOf(files["rivers.json"], (p) => !p.id),
      national: pathOf(files["borders.json"], kind("national")),
      inner: pathOf(files["borders.json"], kind("governorate")),
      abroad: pathOf(files["neighbours.json"]),
      names: [
        ...namesOf(files["land.json"], (id) => (id === "IQ" ? "" : say(`country_${id}`)), "country"),
        ...namesOf(files["governorates.json"], say, "governorate"),
      ],
    };
  }

  function paint(frame, base, theme) {
    const { ctx, width, height, scale, ox, oy } = frame;
    ctx.fillStyle = theme.outside;
    ctx.fillRect(0, 0, width, height);
    if (!base) return;
    const k = scale / UNIT;
    const [left, top] = [CENTRE[0] * scale - ox, CENTRE[1] * scale - oy];
    const stroke = (path, style, px, dash) => {
      ctx.strokeStyle = style;
      ctx.lineWidth = px / k;
      ctx.setLineDash((dash || []).map((d) => d / k));
      ctx.stroke(path);
    };
    ctx.save();
    ctx.translate(left, top);
    ctx.scale(k, k);
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.fillStyle = theme.land;
    ctx.fill(base.land);
    ctx.fillStyle = theme.home;
    ctx.fill(base.home);
    ctx.restore();
    relief(frame, base, theme);
    ctx.save();
    ctx.translate(left, top);
    ctx.scale(k, k);
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.fillStyle = theme.water;
    ctx.fill(base.sea);
    ctx.fill(base.lakes);
    stroke(base.lakes, theme.shore, 0.6);
    if (frame.zoom >= 6.5) stroke(base.rivers, theme.river, 0.7);
    stroke(base.great, theme.river, frame.zoom >= 8 ? 1.8 : 1.2);
    if (frame.zoom >= 6) stroke(base.abroad, theme.abroad, 0.5);
    stroke(base.inner, theme.innerHalo, 2.4);
    stroke(base.inner, theme.inner, 0.8);
    stroke(base.national, theme.nationalHalo, 4.5);
    stroke(base.national, theme.national, 1.3);
    ctx.restore();
    ctx.setLineDash([]);
    edges(frame, base, theme);
  }

  /* Grey 128 is flat ground, so hard light shades any colour below it; finer than its grid
     the relief would only be blur, hence it fades as one comes nearer. */
  function relief({ ctx, scale, ox, oy, zoom }, base, theme) {
    if (!base.relief) return;
    const { left, top, right, bottom } = base.box;
    ctx.save();
    ctx.globalCompositeOperation = "hard-light";
    ctx.globalAlpha = theme.relief * Math.min(1, Math.max(0.1, 1 - (zoom - 8) * 0.35));
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(base.relief, left * scale - ox, top * scale - oy, (right - left) * scale, (bottom - top) * scale);
    ctx.restore();
  }

  /* The base map ends somewhere: let it fade there instead of being cut. */
  function edges({ ctx, scale, ox, oy, width, height }, { box }, theme) {
    const at = { left: box.left * scale - ox, right: box.right * scale - ox, top: box.top * scale - oy, bottom: box.bottom * scale - oy };
    const depth = (box.right - box.left) * scale * 0.05;
    const fade = (x0, y0, x1, y1, rect) => {
      const shade = ctx.createLinearGradient(x0, y0, x1, y1);
      shade.addColorStop(0, theme.outside);
      shade.addColorStop(1, theme.outsideClear);
      ctx.fillStyle = shade;
      ctx.fillRect(...rect);
    };
    if (at.left + depth > 0) fade(at.left, 0, at.left + depth, 0, [0, 0, at.left + depth, height]);
    if (at.right - depth < width) fade(at.right, 0, at.right - depth, 0, [at.right - depth, 0, width, height]);
    if (at.top + depth > 0) fade(0, at.top, 0, at.top + depth, [0, 0, width, at.top + depth]);
    if (at.bottom - depth < height) fade(0, at.bottom, 0, at.bottom - depth, [0, at.bottom - depth, width, height]);
  }

  /* Write the names of governorates and neighbours where `taken` leaves them room. */
  function write(frame, base, theme, taken) {
    const { ctx, scale, ox, oy, zoom, width, height } = frame;
    if (!base) return;
    for (const name of base.names) {
      const country = name.kind === "country";
      if (zoom < (country ? 5.5 : 6.5)) continue;
      const [x, y] = [name.at[0] * scale - ox, name.at[1] * scale - oy];
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const style = { align: "center", size: country ? 13 : Math.min(14, 11.5 + (zoom - 6.5) * 0.7), rtl: theme.rtl };
      const { text } = name;
      // letters that join must not be spaced out
      style.spacing = theme.rtl ? 0 : country ? 2.5 : 0.4;
      style.colour = country ? theme.countries : theme.names;
      ctx.font = `400 ${style.size}px ${theme.font}`;
      const half = (ctx.measureText(text).width + style.spacing * text.length) / 2 + 3;
      const at = OFFSETS.map(([dx, dy]) => [x + dx * half, y + dy])
        .find(([cx, cy]) => !taken.some((b) => parts.centres.meets(b, [cx - half, cy - 9, cx + half, cy + 9])));
      if (!at) continue;
      taken.push([at[0] - half, at[1] - 9, at[0] + half, at[1] + 9]);
      parts.marks.text(ctx, theme, text, at[0], at[1], style);
    }
  }

  Object.assign(parts, { basemap: { prepare, paint, write } });
})(window);
