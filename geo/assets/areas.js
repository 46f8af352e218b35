/* Governorates or districts of the operator's boundaries, coloured by events per 1,000 square
   kilometres. Which row lies in which area comes from the server; names are written as text. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const UNIT = 1e6; // as in basemap.js: canvas paths are float32
  const ORIGIN = [44 / 360 + 0.5, 0.4];
  const PER = 1000; // square kilometres
  const SHADES = [0.1, 0.22, 0.36, 0.52, 0.7];
  const SHARES = [0.2, 0.4, 0.6, 0.8]; // of the areas with events: a few cities would leave the rest in one class
  const NICE = [8, 6, 5, 4, 3, 2, 1.5, 1];

  function ring(path, points) {
    points.forEach(([lon, lat], i) => {
      const [x, y] = parts.columns.project(lat, lon);
      const at = [(x - ORIGIN[0]) * UNIT, (y - ORIGIN[1]) * UNIT];
      if (i) path.lineTo(...at);
      else path.moveTo(...at);
    });
    path.closePath();
  }

  function pathOf(geometry) {
    const path = new Path2D();
    if (!geometry) return path;
    const shapes = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    for (const shape of shapes) for (const points of shape) ring(path, points);
    return path;
  }

  /* The number of each row's area, from 1; 0 for none. */
  function unpack(buffer, n) {
    const view = new DataView(buffer);
    const sign = buffer.byteLength < 12 ? "" : String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(i)));
    if (sign !== "TSQP" || view.getUint16(4, true) !== 1) throw new Error("TSQP: these are no numbers of areas");
    if (view.getUint32(8, true) !== n || buffer.byteLength < 12 + 2 * n) throw new Error(`TSQP: not made for ${n} rows`);
    return new Uint16Array(buffer, 12, n);
  }

  /* The lower ends of the classes above the first: fifths of the areas with events, rounded down to
     few digits, each once. */
  function breaks(densities) {
    const some = densities.filter((one) => one > 0).sort((a, b) => a - b);
    if (some.length === 0) return [];
    const found = SHARES.map((share) => {
      const value = some[Math.min(some.length - 1, Math.floor(share * some.length))];
      const ten = 10 ** Math.floor(Math.log10(value));
      return Number((NICE.find((n) => n * ten <= value) * ten || ten).toPrecision(2));
    });
    return [...new Set(found)].filter((limit) => limit > some[0]);
  }

  const classOf = (density, limits) => (density > 0 ? limits.filter((limit) => density >= limit).length : -1);
  /* Few classes are as far apart as many. */
  const shade = (at, limits) => SHADES[limits.length ? Math.round((at * (SHADES.length - 1)) / limits.length) : 2];

  class Areas {
    constructor(layer) {
      Object.assign(this, { layer, digest: "", held: null, limits: [], placed: 0, matched: 0, asked: "", busy: false });
    }

    /* Fetch what a call asks for; what it does not ask for is no longer drawn. */
    follow(call) {
      const digest = call.bounds || "";
      if (digest === this.digest) return;
      Object.assign(this, { digest, held: null, asked: "" });
      if (!digest) { this.changed(); return; }
      const { sources, remote } = this.layer;
      Promise.all([sources.areas(digest), remote ? null : sources.placed(digest)]).then(
        ([found, rows]) => { if (digest === this.digest) this.take(found, rows && unpack(rows, this.layer.held.columns.n)); },
        (problem) => { if (digest === this.digest) this.layer.fail("areas", problem); },
      );
    }

    take(found, rows) {
      const { config } = this.layer;
      const list = found.features.map(({ properties: p, geometry }) => ({
        name: p.names[config.lang] || p.names.en || p.names.ar || p.code, code: p.code, km2: p.km2, path: pathOf(geometry), n: 0, density: 0,
      }));
      this.held = { list, rows, level: found.level, terms: found.terms, told: false };
      this.changed();
    }

    /* Everything that is said of the areas is due again. */
    changed() {
      this.count();
      this.measure();
      this.layer.credit();
      this.layer.legendDue = true;
      this.layer.ask();
    }

    /* Count the matching events of each area; of a table too large for a browser, the store does. */
    count() {
      if (!this.held || !this.layer.held) return;
      if (this.layer.remote) { this.inquire(); return; }
      const { list, rows } = this.held;
      const { hits, matched } = this.layer.held;
      const counts = new Uint32Array(list.length);
      for (let i = 0; i < hits.n; i++) {
        const at = rows[hits.row[i]];
        if (at > 0 && at <= list.length) counts[at - 1]++;
      }
      this.tell(counts, matched || 0);
    }

    tell(counts, matched) {
      const { list } = this.held;
      list.forEach((area, i) => {
        area.n = counts[i];
        area.density = area.km2 > 0 ? (area.n / area.km2) * PER : 0;
      });
      this.held.told = true;
      Object.assign(this, { matched, placed: list.reduce((sum, area) => sum + area.n, 0) });
    }

    /* Ask the store how many of the call's events lie in each area: one question at a time, and
       the last that was wanted comes next. */
    async inquire() {
      const { layer } = this;
      const wanted = () => [this.digest, layer.call.view, layer.call.from, layer.call.to].join();
      if (this.busy || this.asked === wanted()) return;
      this.busy = true;
      while (this.held && this.asked !== wanted()) {
        const [held, { view, from, to }] = [this.held, layer.call];
        this.asked = wanted();
        try {
          const { counts, total } = await layer.sources.counts(view, this.digest, [from, to]);
          if (held === this.held) this.tell(counts, total);
        } catch (problem) {
          layer.fail("areas", problem);
          Object.assign(this, { digest: "", held: null }); // the next call asks again
        }
        if (!layer.playback.playing) this.measure();
        layer.legendDue = true;
        layer.ask();
      }
      this.busy = false;
    }

    /* Set the classes by what is counted; while time plays they stay. */
    measure() {
      if (this.held) this.limits = breaks(this.held.list.map((area) => area.density || 0));
    }

    placedIn(frame, act) {
      const { ctx, scale, ox, oy } = frame;
      const k = scale / UNIT;
      ctx.save();
      ctx.translate(ORIGIN[0] * scale - ox, ORIGIN[1] * scale - oy);
      ctx.scale(k, k);
      act(k);
      ctx.restore();
    }

    paint(frame, theme) {
      if (!this.held) return;
      const { ctx } = frame;
      this.placedIn(frame, (k) => {
        ctx.lineJoin = "round";
        ctx.setLineDash([]);
        ctx.fillStyle = theme.primary;
        for (const area of this.held.list) {
          const at = classOf(area.density, this.limits);
          if (at < 0) continue;
          ctx.globalAlpha = shade(at, this.limits);
          ctx.fill(area.path, "evenodd");
        }
        ctx.globalAlpha = 1;
        ctx.strokeStyle = theme.national;
        ctx.lineWidth = (this.held.level === "adm1" ? 1.2 : 0.6) / k;
        for (const area of this.held.list) ctx.stroke(area.path);
      });
    }

    /* Whether it is known how many events lie in each area. */
    told() {
      return Boolean(this.held && this.held.told);
    }

    /* The area under a point of the sheet, or null. */
    under(frame, point) {
      if (!this.told() || !frame) return null;
      const [x, y] = [(point.x + frame.ox) / frame.scale - ORIGIN[0], (point.y + frame.oy) / frame.scale - ORIGIN[1]];
      const ctx = (this.probe = this.probe || document.createElement("canvas").getContext("2d"));
      return this.held.list.find((area) => ctx.isPointInPath(area.path, x * UNIT, y * UNIT, "evenodd")) || null;
    }

    /* Lines of a tooltip about an area. */
    lines(area) {
      const { w } = this.layer;
      return [
        { text: area.name, kind: "title" },
        { text: w("areas_events", { events: w.count("unit.events", area.n), density: this.said(area.density) }), kind: "note" },
      ];
    }

    said(value) {
      const { w } = this.layer;
      return w.number(value >= 100 ? Math.round(value) : Number(Number(value.toPrecision(2)).toFixed(3)));
    }

    /* What the legend says: rows of {text, draw}, and what could not be placed. */
    legend() {
      if (!this.told()) return null;
      const { w, theme } = this.layer;
      const { limits } = this;
      const box = (alpha) => (ctx, x, y) => {
        ctx.fillStyle = theme.home;
        ctx.fillRect(x - 9, y - 7, 18, 14);
        ctx.globalAlpha = alpha;
        ctx.fillStyle = theme.primary;
        ctx.fillRect(x - 9, y - 7, 18, 14);
        ctx.globalAlpha = 1;
        ctx.strokeStyle = theme.national;
        ctx.lineWidth = 0.6;
        ctx.strokeRect(x - 9, y - 7, 18, 14);
      };
      const shown = (i) => (!limits.length ? w("areas_some") : i === 0 ? w("areas_below", { n: this.said(limits[0]) })
        : i === limits.length ? w("areas_from", { n: this.said(limits[i - 1]) })
          : w("areas_between", { low: this.said(limits[i - 1]), high: this.said(limits[i]) }));
      const classes = this.placed ? [...limits, 0].map((_, i) => ({ text: shown(i), draw: box(shade(i, limits)) })) : [];
      const rows = [{ text: w("areas_nothing"), draw: box(0) }, ...classes];
      const lost = this.matched - this.placed;
      return {
        title: w(this.held.level === "adm1" ? "areas_title_adm1" : "areas_title_adm2"), rows,
        lost: w("areas_lost", { n: w.number(lost), total: w.number(this.matched) }), note: w("areas_indicative"),
      };
    }

    state() {
      return this.told() ? { level: this.held.level, placed: this.placed, lost: this.matched - this.placed, n: Object.fromEntries(this.held.list.map((a) => [a.code, a.n])) } : null;
    }
  }

  Object.assign(parts, { areas: { create: (layer) => new Areas(layer), unpack, breaks, classOf, shade } });
})(window);
