/* Tansiq's layer on a Leaflet map: `tansiq.boot` once, `tansiq.apply` for each filter. The data
   is fetched once; a call never rebuilds the map and never moves the reader's view. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  // what lies over the map leaves more room above its middle than below
  const NORTH = { centre: [34.9, 44.2], zoom: 7, bounds: [[33.1, 41.8], [37.2, 45.7]] };
  const MOST_IDS = 50;
  const KEPT_DETAILS = 600;
  const KEPT_MASKS = 24;
  const KEPT_DAYS = 24;
  let layer = null;
  let early = []; // calls that came before the map was started

  const among = (list, value, fallback) => (typeof value === "number" ? list[value] : list.includes(value) ? value : null) || fallback;

  function settings(config) {
    const lang = among(parts.words.LANGUAGES, config.lang !== undefined ? config.lang : config.language, "en");
    return {
      base: config.base || "../../tansiq", version: String(config.version || ""), inline: config.inline || null,
      view: config.view || null, lang, digits: among(["local", "western"], config.digits, "local"), dir: lang === "en" ? "ltr" : "rtl", theme: among(["light", "dark"], config.theme, "light"),
    };
  }

  class Layer {
    constructor(map, config) {
      Object.assign(this, { map, config, sources: parts.sources.of(config) });
      parts.words.write(config.digits);
      this.theme = parts.theme.of(config.theme, config.dir === "rtl");
      this.w = parts.words.speak({}, config.lang);
      Object.assign(this, { held: null, meta: null, base: null, call: null, seq: -Infinity, pending: null });
      Object.assign(this, { marks: [], laid: [], shown: [], mode: "points", settled: false, painted: 0, problems: [] });
      this.masks = new Map();
      this.days = new Map();
      this.places = [];
      this.details = new Map();
      this.known = new Map();
    }

    start() {
      const { map, config } = this;
      this.dressFrame();
      const addressed = this.begin();
      this.ground = parts.sheet.create(L, map, { name: "tq-ground", z: 200, paint: (frame) => parts.basemap.paint(frame, this.base, this.theme) });
      this.sheet = parts.sheet.create(L, map, { name: "tq-events", z: 450, paint: (frame) => this.paint(frame) });
      this.panel = parts.panel.create(L, map, { lang: config.lang, dir: config.dir, config });
      this.address = config.inline ? { put() {}, take() {}, stop() {} } : parts.address.keep(this.seen, addressed);
      this.pointer = parts.pointer.create(this);
      this.rectangle = parts.rectangle.create(this, L);
      this.areas = parts.areas.create(this);
      this.fonts();
      this.load();
      this.ground.ask();
    }

    dressFrame() {
      const { map, config } = this;
      const host = map.getContainer();
      for (const control of [map.zoomControl, map.attributionControl]) if (control) map.removeControl(control);
      Object.assign(map.options, { zoomSnap: 0.5, zoomDelta: 1 });
      if (map.options.minZoom === undefined) map.setMinZoom(5);
      if (map.options.maxZoom === undefined) map.setMaxZoom(15);
      Object.assign(document.documentElement, { lang: config.lang, dir: config.dir });
      document.documentElement.dataset.theme = config.theme;
      host.classList.add("tq-map");
      // Leaflet focuses the map on a press; a page that scrolls to it would move under the finger
      host.focus = (options) => HTMLElement.prototype.focus.call(host, { ...options, preventScroll: true });
      host.dir = "ltr";
      parts.theme.dress(host, this.theme);
      if (config.inline) return;
      // the page decides how high the frame is; the map fills it
      const before = host.clientHeight;
      host.style.height = "100vh";
      if (host.clientHeight !== before) map.invalidateSize({ animate: false, pan: false });
    }

    /* Begin where the caller, the address or this tab's last map says, else on the north of
       Iraq; true unless the caller said it or nobody did.
       A frame is often laid out only after it began: until the reader moves, it begins again. */
    begin() {
      const { map, config } = this;
      const around = config.inline ? null : parts.address.page();
      const addressed = config.view ? null : around && parts.address.begun(around);
      this.asked = config.view || addressed;
      const show = () => {
        const size = map.getSize();
        const { asked } = this;
        if (asked) map.setView([asked[0], asked[1]], asked[2], { animate: false });
        else if (size.x === 0 || size.y < 100 || (size.x >= 600 && size.y >= 420)) map.setView(NORTH.centre, NORTH.zoom, { animate: false });
        else map.fitBounds(NORTH.bounds, { animate: false, paddingTopLeft: [0, 20], paddingBottomRight: [0, 96] });
      };
      show();
      this.seen = parts.address.view(map);
      const exact = () => { if (this.asked) this.seen.at(this.asked.slice(0, 2), map.getZoom()); };
      exact();
      const again = () => {
        if (this.seen.moved()) return;
        this.seen.anew(show);
        exact();
      };
      map.on("resize", again);
      this.calm = () => map.off("resize", again);
      return Boolean(addressed);
    }

    fonts() {
      const files = this.sources.fonts;
      if (!files || !root.FontFace) return;
      const faces = Object.entries(files).map(([weight, url]) => new FontFace("Plex", `url("${url}")`, { weight, display: "swap" }));
      for (const face of faces) {
        face.load().then(() => { document.fonts.add(face); this.ask(); }, (problem) => this.trouble("font", problem));
      }
    }

    trouble(kind, problem) {
      this.problems.push({ kind, text: String((problem && problem.message) || problem) });
    }

    fail(kind, problem) {
      this.trouble(kind, problem);
      const key = `error_${kind}`;
      this.panel.say(kind, this.w.has(key) ? this.w(key) : parts.words.BROKEN[this.config.lang], true);
    }

    async load() {
      const { sources } = this;
      const soon = root.setTimeout(() => { if (!this.held && this.w.has("loading")) this.panel.say("loading", this.w("loading")); }, 500);
      const columns = sources.columns().then(parts.columns.unpack);
      columns.catch(() => {}); // handled below, once the words are there
      try {
        this.meta = await sources.meta();
      } catch (problem) {
        root.clearTimeout(soon);
        this.fail("meta", problem);
        this.settled = true;
        return;
      }
      this.introduce();
      this.loadBase();
      try {
        this.held = parts.events.index(await columns, this.meta, this.theme);
        // too many to be loaded: the columns are empty, and the store is asked for each window
        if (this.meta.windows) this.remote = parts.remote.create(this, this.held.columns);
      } catch (problem) {
        this.fail("columns", problem);
        return;
      } finally {
        root.clearTimeout(soon);
        this.panel.say("loading", "");
      }
      if (this.pending) this.apply(this.pending);
    }

    introduce() {
      const { map, meta, config } = this;
      this.w = parts.words.speak(meta.words, config.lang);
      this.radii = new Map(meta.precisions.map((p) => [p.id, p.radius_m]));
      this.places = parts.disputed.prepare(meta);
      parts.marks.learn(meta.shapes);
      const host = map.getContainer();
      host.setAttribute("role", "application");
      host.setAttribute("aria-label", this.w("label"));
      host.setAttribute("aria-description", this.w("keyboard"));
      const frame = root.frameElement; // null where the map is the page's own, or another's guest
      if (frame) { frame.setAttribute("aria-label", this.w("label")); frame.dataset.drawn = ""; }
      this.panel.controls(this.w, this.theme, {
        fit: () => this.fit(),
        rectangle: () => this.rectangle.toggle(),
        address: (format, preset) => parts.address.download(config.base, this.seen, config.theme, format, preset) + (meta.own ? `&upload=${config.version}` : ""),
        foreign: Boolean(meta.foreign),
        cite: (format) => parts.address.cite(config.base, this.seen, format),
      });
      this.playback = parts.playback.create(this);
    }

    async loadBase() {
      const { sources, meta } = this;
      const names = new Map((meta.admin1 || []).map((a) => [a.id, a.label]));
      const say = (key) => names.get(key) || (this.w.has(key) ? this.w(key) : "");
      const lost = [];
      let manifest = {};
      const files = {};
      try {
        manifest = await sources.basemap("manifest.json");
        await Promise.all(Object.keys(manifest.files || {}).map((name) =>
          sources.basemap(name).then((file) => { files[name] = file; }, (problem) => { lost.push(name); this.trouble("basemap", problem); })));
        this.base = parts.basemap.prepare(files, manifest, say);
      } catch (problem) {
        lost.push("manifest.json");
        this.trouble("basemap", problem);
      }
      if (lost.length) this.panel.say("basemap", this.w("error_basemap"), true);
      this.credits = [this.w("attribution"), ...(this.w.has("credit_relief") ? ["borders", "rivers", "relief", "caption"].map((key) => this.w(`credit_${key}`)) : manifest.attribution || [])];
      this.credit();
      this.settled = true;
      this.ask();
    }

    /* Whose the layers are; boundaries of the operator are named with their terms. */
    credit() {
      const held = this.areas.held;
      if (this.credits) this.panel.attribution([...this.credits, ...(held ? [held.terms] : [])]);
    }

    ask() {
      this.ground.ask();
      this.sheet.ask();
    }

    /* Take a call; one that is older than the last is dropped, one that waits for data or for
       its mask changes nothing until all of it is there. */
    apply(call) {
      if (root.feature_group && root.feature_group.length > 1) root.feature_group.length = 0; // its groups are off the map, the list would only grow
      if (call.seq < this.seq) return;
      this.seq = call.seq;
      this.address.put();
      parts.travel.follow(this, call.go);
      if (!this.held) {
        this.pending = call;
        return;
      }
      this.pending = null;
      const fetched = [this.bits(call.mask), this.bits(call.clash), this.spans(call), ...this.apart(call).map((digest) => this.bits(digest))];
      if (!fetched.some(Boolean)) {
        this.take(call, []);
        return;
      }
      Promise.all(fetched).then(
        (parts_) => { if (call.seq === this.seq) this.take(call, parts_); },
        (problem) => { if (call.seq === this.seq) this.fail("mask", problem); },
      );
    }

    /* Rows as bits, by the digest that names them; null when nothing is asked for. */
    bits(digest) {
      if (!digest) return null;
      return parts.sources.remember(this.masks, digest, () => this.sources.mask(digest).then((buffer) => parts.columns.unmask(buffer, this.held.columns.n)), KEPT_MASKS);
    }

    /* The masks that tell compared data sets apart, all but the first. */
    apart(call) {
      return this.remote ? [] : (this.meta.sets || []).slice(1).map((_, i) => call[`set${i + 1}`]);
    }

    /* The steps of the centres' statuses as known on a day; null for today. */
    spans(call) {
      if (typeof call.known !== "number" || call.known < 0) return null;
      return parts.sources.remember(this.days, call.known, () => this.sources.spans(call.known), KEPT_DAYS);
    }

    take(call, fetched) {
      if (this.call && this.call.known !== call.known) this.known.clear(); // told as known on another day
      this.fetched = fetched;
      if (!this.remote) parts.events.part(this.held, this.apart(call).join(), fetched.slice(3));
      this.call = this.playback.meet(call);
      this.panel.say("mask", "");
      if (call.bounds !== this.areas.digest) this.panel.say("areas", "");
      this.areas.follow(call);
      this.sift(true);
      this.areas.measure();
      this.sheet.now();
      this.pointer.forget();
      this.rectangle.show(call.box || []);
      this.know();
    }

    /* Find what the call asks for, and paint it. */
    sift(legend) {
      const { call, held, fetched: [bits, clash, spans] } = this;
      if (!this.remote) parts.events.filter(held, call, bits || null, clash || null);
      this.shown = parts.centres.shown(this.meta, call, spans && spans.spans);
      this.areas.count();
      this.tellEmpty();
      this.legendDue = this.legendDue || legend;
      this.sheet.ask();
    }

    /* How many events match, and how many of them have a point. */
    figures() {
      const { held, remote } = this;
      return remote ? { matched: remote.matched, located: remote.located } : { matched: held.matched || 0, located: held.hits.n };
    }

    tellEmpty() {
      const waiting = this.remote && !this.remote.there;
      this.panel.say("empty", this.figures().located === 0 && !waiting && !this.playback.playing ? this.w("no_events") : "");
    }

    /* A window came from the store: everything that is drawn and said of events is due again. */
    arrived() {
      this.tellEmpty();
      this.legendDue = true;
      this.pointer.forget();
      this.playback.count();
      this.sheet.ask();
    }

    /* Show other days of the same call: {from, to, filter}. */
    show(days, legend) {
      const { hits } = this.held;
      const [n, row] = [hits.n, hits.row[0]];
      this.call = { ...this.call, ...days };
      this.sift(legend);
      if (n !== hits.n || row !== hits.row[0]) this.pointer.forget();
    }

    /* Fetch what is selected, so that `state` can tell the ids; a failure leaves them out. */
    know() {
      for (const row of this.selectedRows().slice(0, MOST_IDS)) this.detail(row).catch(() => {});
    }

    select(rows, centre) {
      this.call = { ...this.call, selected: rows, centre };
      this.know();
      this.sheet.ask();
    }

    selectedRows() {
      return (this.call && this.call.selected) || [];
    }

    paint(frame) {
      this.frame = frame;
      const { held, theme, w, call } = this;
      const ready = held && call;
      if (this.remote) this.remote.want(frame);
      const marks = ready ? parts.events.collect(frame, held) : [];
      this.mode = marks ? "points" : "density";
      this.marks = marks || [];
      this.laid = ready ? parts.centres.lay(frame, this.shown, (id) => this.radii.get(id) || 0) : [];
      const covered = this.panel.covered().map(([l, t, r, b]) => [l + frame.left, t + frame.top, r + frame.left, b + frame.top]);
      const { written, taken } = parts.centres.names(frame, theme, this.laid, this.marks, covered);
      this.written = written;
      this.areas.paint(frame, theme);
      parts.disputed.paint(frame, theme, this.places);
      if (!marks) parts.density[held.setOf ? "compare" : "paint"](frame, theme, held);
      parts.events.paintAreas(frame, theme, [...this.marks, ...this.laid]);
      parts.basemap.write(frame, this.base, theme, taken);
      parts.centres.paintStems(frame, theme, this.laid);
      parts.events.paintMarks(frame, theme, this.marks, w);
      if (!ready) return;
      this.playback.glow(frame, theme, this.marks);
      parts.events.paintChosen(frame, theme, held, this.selectedRows(), this.marks);
      parts.centres.paint(frame, theme, this.laid, call.centre);
      for (const name of written) parts.marks.text(frame.ctx, theme, name.text, name.x, name.y, name.style);
      this.painted += 1;
      this.explain();
    }

    /* The legend changes with the filter and the mode, not with every paint. */
    explain() {
      if (!this.legendDue && this.legendMode === this.mode) return;
      this.legendDue = false;
      this.legendMode = this.mode;
      this.panel.legend({ ...this.playback.legend(parts.events.present(this.held, this.shown, this.mode)), areas: this.areas.legend(), disputed: this.places.some((p) => p.disputed), both: this.places.some((p) => p.both) });
    }

    detail(row) {
      const day = this.call ? this.call.known : -1;
      return parts.sources.remember(this.details, `${row} ${day}`, () => this.sources.detail(row, day).then((found) => {
        if (!this.call || this.call.known === day) this.known.set(row, found);
        if (this.known.size > KEPT_DETAILS) this.known.delete(this.known.keys().next().value);
        return found;
      }), KEPT_DETAILS);
    }

    fit() {
      const points = [];
      const { windows } = this.meta || {};
      if (windows && windows.extent.length) {
        const [west, south, east, north] = windows.extent;
        this.map.fitBounds([[south, west], [north, east]], { padding: [50, 50], maxZoom: 11 });
        return;
      }
      const { hits, columns } = this.held || { hits: { n: 0 } };
      let [w, e, n, s] = [Infinity, -Infinity, Infinity, -Infinity];
      const add = (x, y) => { w = Math.min(w, x); e = Math.max(e, x); n = Math.min(n, y); s = Math.max(s, y); points.push(1); };
      for (let i = 0; i < hits.n; i++) { const x = columns.x0 + columns.x[hits.row[i]]; const y = columns.y0 + columns.y[hits.row[i]]; if (x < w || x > e || y < n || y > s) add(x, y); }
      if (hits.n === 0) for (const c of this.shown) add(c.x, c.y);
      if (points.length === 0) return;
      const { latitude, longitude } = parts.columns;
      this.map.fitBounds([[latitude(s), longitude(w)], [latitude(n), longitude(e)]], { padding: [50, 50], maxZoom: 11 });
    }

    state() {
      const { map, held, call, config } = this;
      const { lat, lng } = this.seen.centre();
      const told = held && call ? this.figures() : { located: 0, matched: 0 };
      const ids = this.selectedRows().map((row) => (this.known.get(row) || {}).id).filter(Boolean);
      return {
        ready: Boolean(held && call && this.settled && this.painted > 0 && !(this.remote && this.remote.busy)),
        total: !held ? 0 : this.remote ? this.meta.n : held.columns.n, shown: told.located, matched: told.matched,
        known: call && typeof call.known === "number" ? call.known : -1,
        from: call ? call.from : null, to: call ? call.to : null, mode: this.mode, selected: ids,
        playing: Boolean(this.playback && this.playback.playing), window: this.playback ? this.playback.clock.window : 0,
        sets: held && held.setOf && call && !this.remote ? parts.events.shares(held) : {},
        language: config.lang, theme: config.theme, center: [lat, lng], zoom: map.getZoom(),
        filter: call ? call.filter : "", seq: call ? call.seq : -1, version: config.version,
        centres: this.shown.map((c) => ({ id: c.one.id, status: c.ids.join("+"), statuses: c.ids, contradicted: c.ids.length > 1, assessments: c.beside.map((a) => a.id), groups: c.groups })),
        centre: call ? call.centre : -1, box: this.rectangle.box, areas: this.areas.state(), painted: this.painted, problems: this.problems.map((p) => p.kind), messages: this.panel.said(),
      };
    }

    remove() {
      this.calm();
      this.pointer.stop();
      this.rectangle.stop();
      if (this.playback) this.playback.remove();
      this.address.stop();
      this.panel.remove();
      this.sheet.remove();
      this.ground.remove();
    }
  }

  function boot(map, config) {
    if (layer && layer.map === map) return root.tansiq;
    if (layer) layer.remove();
    layer = new Layer(map, settings(config || {}));
    layer.start();
    for (const call of early) layer.apply(call);
    early = [];
    return root.tansiq;
  }

  const NOTHING = { ready: false, total: 0, shown: 0, mode: "points", selected: [], centres: [], painted: 0 };
  root.tansiq = {
    boot,
    apply: (call) => (layer ? layer.apply(call) : early.push(call)),
    state: () => (layer ? layer.state() : { ...NOTHING }),
    test: { parts, unpack: parts.columns.unpack, unmask: parts.columns.unmask, match: parts.columns.match, layer: () => layer },
  };
})(window);
