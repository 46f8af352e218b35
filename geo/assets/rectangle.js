/* The rectangle of the filter: shown on the map with a button that removes it, and the tool that
   draws one with a mouse, a finger or the keyboard. Python sets the filter; here a rectangle is
   four whole ten-thousandths of a degree: west, south, east, north. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const UNIT = 10000;
  const SMALLEST = 6; // pixels; less is a click that slipped
  const LAST = [180 * UNIT, 85 * UNIT];
  const LOOK = { className: "tq-rectangle", interactive: false, weight: 2, fillOpacity: 0.05 };

  /* Sides as written to the address: no finer than a pixel of the map, so that they stay short. */
  function sides(map, bounds) {
    const perDegree = (256 * 2 ** map.getZoom()) / 360;
    const step = UNIT / 10 ** Math.min(4, Math.max(1, Math.ceil(Math.log10(perDegree))));
    const whole = (degrees, i) => Math.max(-LAST[i], Math.min(LAST[i], Math.round((degrees * UNIT) / step) * step));
    return [whole(bounds.getWest(), 0), whole(bounds.getSouth(), 1), whole(bounds.getEast(), 0), whole(bounds.getNorth(), 1)];
  }

  const corners = ([west, south, east, north]) => [[south / UNIT, west / UNIT], [north / UNIT, east / UNIT]];

  class Rectangle {
    constructor(layer, L) {
      Object.assign(this, { layer, L, map: layer.map, host: layer.map.getContainer(), undo: [] });
      Object.assign(this, { box: [], drawn: null, remover: null, draft: null, from: null, on: false, swallow: false, bar: null });
    }

    start() {
      const hear = (name, act, options) => {
        this.host.addEventListener(name, act, options);
        this.undo.push(() => this.host.removeEventListener(name, act, options));
      };
      // before Leaflet and the pointer hear of it
      hear("pointerdown", (e) => this.press(e), true);
      hear("pointermove", (e) => this.drag(e), true);
      hear("pointerup", (e) => this.release(e), true);
      hear("pointercancel", () => this.forget(), true);
      hear("keydown", (e) => this.key(e), true);
      for (const name of ["mousedown", "touchstart", "click", "dblclick"]) hear(name, (e) => { if (this.ours(e) || this.swallow) e.stopPropagation(); }, true);
      return this;
    }

    stop() {
      for (const act of this.undo) act();
    }

    /* Whether the tool takes this event: not one of the buttons over the map. */
    ours(e) {
      return this.on && !e.target.closest(".tq-corner, .tq-tool, .tq-card, .tq-unbox");
    }

    toggle(on = !this.on) {
      const { map, host, layer } = this;
      if (on === this.on) return;
      this.on = on;
      this.forget();
      map.dragging[on ? "disable" : "enable"]();
      host.classList.toggle("tq-drawing", on);
      layer.panel.tool(on ? this.words() : null);
      if (on) host.focus();
    }

    words() {
      const { w } = this.layer;
      return { text: w("rectangle.how"), keys: w("rectangle.keys"), buttons: [[w("rectangle.view"), () => this.take(this.map.getBounds())], [w("rectangle.cancel"), () => this.toggle(false)]] };
    }

    point(e) {
      return this.map.containerPointToLatLng(this.map.mouseEventToContainerPoint(e));
    }

    press(e) {
      this.swallow = false;
      if (!this.ours(e) || !e.isPrimary || e.button > 0) return;
      e.preventDefault();
      e.stopPropagation();
      this.from = { at: this.point(e), x: e.clientX, y: e.clientY };
      this.host.classList.add("tq-pressed");
      this.host.setPointerCapture(e.pointerId);
    }

    drag(e) {
      if (!this.from) return;
      e.stopPropagation();
      const bounds = this.L.latLngBounds(this.from.at, this.point(e));
      if (this.draft) this.draft.setBounds(bounds);
      else this.draft = this.L.rectangle(bounds, { ...LOOK, className: "tq-rectangle tq-draft" }).addTo(this.map);
    }

    release(e) {
      if (!this.from) return;
      e.stopPropagation();
      const { at, x, y } = this.from;
      const meant = Math.abs(e.clientX - x) >= SMALLEST && Math.abs(e.clientY - y) >= SMALLEST;
      this.swallow = true; // the click that follows is part of the drag
      root.setTimeout(() => { this.swallow = false; }, 60);
      if (meant) this.take(this.L.latLngBounds(at, this.point(e)));
      else this.forget();
    }

    forget() {
      if (this.draft) this.draft.remove();
      this.host.classList.remove("tq-pressed");
      Object.assign(this, { draft: null, from: null });
    }

    key(e) {
      if (!this.on || (e.key !== "Escape" && (e.key !== "Enter" || e.target !== this.host))) return;
      e.preventDefault();
      e.stopPropagation();
      if (e.key === "Enter") this.take(this.map.getBounds());
      else this.toggle(false);
    }

    take(bounds) {
      const box = sides(this.map, bounds);
      this.toggle(false);
      if (box[0] < box[2] && box[1] < box[3]) this.send(box);
    }

    /* Ask Python for it; it is seen at once, and the next call says what became of it. */
    send(box) {
      this.show(box);
      this.layer.pointer.send({ rows: [], centre: -1, box });
    }

    show(box) {
      if (box.join() === this.box.join()) return;
      this.box = box;
      for (const old of [this.drawn, this.remover]) if (old) old.remove();
      this.drawn = this.remover = null;
      if (box.length !== 4) return;
      this.drawn = this.L.rectangle(corners(box), LOOK).addTo(this.map);
      if (!this.layer.config.inline) this.remover = this.L.marker(this.drawn.getBounds().getNorthEast(), { icon: this.button(), keyboard: false, interactive: false }).addTo(this.map);
    }

    button() {
      const node = parts.panel.button("close", this.layer.w("rectangle.remove"), () => {
        this.send([]);
        this.host.focus();
      });
      this.L.DomEvent.disableClickPropagation(node);
      return this.L.divIcon({ html: node, className: "tq-unbox", iconSize: [24, 24], iconAnchor: [12, 12] });
    }
  }

  Object.assign(parts, { rectangle: { UNIT, sides, create: (layer, L) => new Rectangle(layer, L).start() } });
})(window);
