/* What the reader points at and chooses: hits, tooltip, clicks, keys. A choice goes to Python
   as rows, centre and a number that never repeats; without Streamlit it opens a card. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const SLACK = { mouse: 3, touch: 10 };
  const PATIENCE = 50; // milliseconds on a mark before names are fetched
  const CARDS = 40;
  const SENT = 200; // rows of a choice that are named; of more, how many they are

  const isTouch = (event) =>
    Boolean(event) && (event.pointerType === "touch" || Boolean(event.sourceCapabilities && event.sourceCapabilities.firesTouchEvents));

  class Pointer {
    constructor(layer) {
      Object.assign(this, { layer, map: layer.map, host: layer.map.getContainer(), undo: [] });
      Object.assign(this, { nonce: 0, moving: false, hovered: "", told: [], broken: false });
    }

    start() {
      const { map, host } = this;
      map.doubleClickZoom.disable(); // a mark clicked twice is two choices, not a zoom
      const events = {
        click: (e) => this.click(e.containerPoint, isTouch(e.originalEvent)),
        dblclick: (e) => this.nearer(e.containerPoint, e.originalEvent.shiftKey ? -1 : 1),
        movestart: () => { this.moving = true; this.hover(null); },
        moveend: () => { this.moving = false; },
      };
      map.on(events);
      this.undo.push(() => map.off(events));
      this.hear("pointermove", (e) => {
        if (e.pointerType === "touch") return;
        this.hover(e.target.closest(".tq-corner, .tq-card") ? null : map.mouseEventToContainerPoint(e));
      });
      this.hear("pointerleave", () => this.hover(null));
      this.hear("keydown", (e) => this.key(e));
      // Leaflet focuses the map on a press too, so the browser would show its focus always; a
      // Tab into a frame is heard only when the key comes up again
      this.hear("keyup", () => host.classList.add("tq-keys"));
      this.hear("pointerdown", () => host.classList.remove("tq-keys"));
      return this;
    }

    hear(name, act) {
      this.host.addEventListener(name, act);
      this.undo.push(() => this.host.removeEventListener(name, act));
    }

    stop() {
      for (const act of this.undo) act();
    }

    forget() {
      this.hovered = "";
      this.layer.panel.tip(null);
    }

    hit(point, slack) {
      const { sheet, marks, laid } = this.layer;
      const found = parts.events.under(sheet.local(point), marks, laid, slack);
      return { ...found, any: found.marks.length > 0 || found.centre !== null };
    }

    key(e) {
      if (e.key === "Escape") this.layer.panel.close();
      if (e.key === "Enter" && e.target === this.host) this.click(this.map.getSize().divideBy(2), false);
    }

    nearer(point, by) {
      if (!this.hit(point, SLACK.mouse).any) this.map.setZoomAround(point, this.map.getZoom() + by);
    }

    click(point, touch) {
      const { held, call, mode } = this.layer;
      if (!held || !call) return;
      const found = this.hit(point, touch ? SLACK.touch : SLACK.mouse);
      if (found.any) {
        this.choose(parts.events.rowsOf(held, found.marks), found.centre ? found.centre.one.index : -1);
        if (touch) this.tell(point, found);
      } else if (mode === "density") {
        this.map.setZoomAround(point, Math.min(this.map.getMaxZoom(), this.map.getZoom() + 2));
      } else if (this.layer.selectedRows().length || call.centre >= 0) this.choose([], -1);
      if (touch && !found.any) this.area(point);
    }

    choose(rows, centre) {
      this.layer.select(rows, centre); // seen at once; the next call says what Python made of it
      const more = rows.length > SENT ? { of: rows.length } : {};
      if (!this.send({ rows: rows.slice(0, SENT), ...more, centre })) this.open(rows, centre);
    }

    /* Tell Python, with a number that never repeats and with what it has not heard about time;
       false where there is no Python. */
    send(message) {
      this.nonce = Math.max(this.nonce + 1, Date.now());
      const whole = { ...message, ...this.layer.playback.news(), nonce: this.nonce };
      if (!root.Streamlit || this.layer.config.inline) return false;
      root.Streamlit.setComponentValue(whole);
      return true;
    }

    /* Show the details in a card of our own. */
    async open(rows, centre) {
      const { layer, nonce } = this;
      const { w } = layer;
      const entries = layer.shown.filter((c) => c.one.index === centre).map((c) => parts.texts.centreEntry(c, w));
      const found = await Promise.allSettled(rows.slice(0, CARDS).map((row) => layer.detail(row)));
      if (nonce !== this.nonce) return;
      for (const one of found) if (one.status === "fulfilled") entries.push(parts.texts.eventEntry(one.value, w));
      const more = rows.length - CARDS;
      if (found.some((one) => one.status === "rejected")) entries.push(parts.texts.plain(w("error_details")));
      if (more > 0) entries.push(parts.texts.plain(w("more", { n: w.number(more) })));
      layer.panel.card(entries);
    }

    hover(point) {
      const { held, call } = this.layer;
      const found = point && held && call && !this.moving ? this.hit(point, SLACK.mouse) : { any: false };
      this.host.classList.toggle("tq-over", found.any);
      if (found.any) { this.tell(point, found); return; }
      this.forget();
      if (point && !this.moving) this.area(point);
    }

    /* Name the area under the pointer, where areas are drawn. */
    area(point) {
      const { areas, sheet, panel, frame } = this.layer;
      const found = areas.under(frame, sheet.local(point));
      if (found) panel.tip(point, areas.lines(found));
    }

    /* Name what is under the pointer; names of events are fetched, so the lines come twice. */
    async tell(point, found) {
      const key = `${found.centre ? found.centre.one.index : ""}|${found.marks.map((m) => m.place).join()}`;
      const fresh = key !== this.hovered;
      if (fresh) Object.assign(this, { hovered: key, broken: false, told: parts.events.rowsOf(this.layer.held, found.marks) });
      this.show(point, found);
      if (!fresh) return;
      await new Promise((resolve) => { root.setTimeout(resolve, PATIENCE); });
      if (this.hovered !== key) return;
      const all = await Promise.allSettled(this.told.slice(0, parts.panel.LISTED).map((row) => this.layer.detail(row)));
      if (this.hovered !== key) return;
      this.broken = all.some((one) => one.status === "rejected");
      this.show(point, found);
    }

    show(point, found) {
      const { layer, told, broken } = this;
      const known = told.slice(0, parts.panel.LISTED).map((row) => layer.known.get(row));
      layer.panel.tip(point, parts.texts.tip(found.centre, known, told.length, layer.w, { broken, sign: (one) => this.sign(one) }));
    }

    /* The painter of an event's sign, for the tooltip, whose ground has the colours reversed. */
    sign(one) {
      const { held, theme } = this.layer;
      const family = held.families.find((f) => f.id === (held.setOf ? one.dataset : one.family));
      const reversed = { ...theme, paper: theme.ink };
      return family && ((ctx, x, y) => parts.marks.sign(ctx, reversed, { ...family, colour: family.reversed }, x, y, 5, false));
    }
  }

  Object.assign(parts, { pointer: { create: (layer) => new Pointer(layer).start() } });
})(window);
