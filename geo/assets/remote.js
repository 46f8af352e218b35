/* Tables too large for a browser: what the map shows is asked of the store, window by window.
   Few events come as columns and are drawn as those of any table; of more, each cell of the
   screen comes with its number. The answer is bounded by the screen, not by the table. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const SPARE = 0.5; // of the sheet's margin must be there, else the next window is asked for
  const PATIENCE = 600; // milliseconds until it is said that something is being fetched
  const ALL = { from: null, to: null, types: 0, admin1: 0 };

  /* Read an answer: {matched, located} of the whole filter, and {grid} or {columns, rows, sets, clash}. */
  function unpack(buffer, window) {
    const view = new DataView(buffer);
    parts.columns.expect(view, "TSQV", 24);
    const [events, n] = [view.getUint16(6, true) === 1, view.getUint32(8, true)];
    const found = { matched: view.getUint32(12, true), located: view.getUint32(16, true) };
    let at = 24;
    const take = (Kind, size) => {
      if (at + size * Kind.BYTES_PER_ELEMENT > buffer.byteLength) throw new Error("TSQV: the answer is cut short");
      const part = new Kind(buffer, at, size);
      at = Math.ceil((at + size * Kind.BYTES_PER_ELEMENT) / 8) * 8;
      return part;
    };
    if (!events) return { ...found, grid: { ...window, n: take(Uint32Array, n), cx: take(Uint16Array, n), cy: take(Uint16Array, n), kind: take(Uint8Array, n) } };
    const length = take(Uint32Array, 1)[0];
    const columns = parts.columns.unpack(take(Uint8Array, length).slice().buffer);
    return { ...found, columns, rows: take(Uint32Array, n), sets: take(Uint8Array, n), clash: take(Uint8Array, Math.ceil(n / 8)) };
  }

  class Remote {
    constructor(layer) {
      Object.assign(this, { layer, asked: "", there: null, next: null, busy: false, matched: 0, located: 0 });
    }

    /* The window that a frame of the sheet shows, in cells. */
    window(frame) {
      const { held, meta } = this.layer;
      const cells = (side) => {
        const across = Math.ceil(frame.scale / side);
        const { EDGE } = parts.events;
        const [x, y] = [frame.ox, frame.oy].map((o) => Math.min(across - 1, Math.max(0, Math.floor((o - EDGE) / side))));
        const size = (first, o, length) => Math.max(1, Math.min(across, Math.ceil((o + length + EDGE) / side)) - first);
        return { side, x, y, cols: size(x, frame.ox, frame.width), lines: size(y, frame.oy, frame.height) };
      };
      let found = cells(parts.density.side(held));
      while (found.cols * found.lines > meta.windows.most) found = cells(found.side * 2);
      return { zoom: frame.zoom, ...found };
    }

    /* Whether the window that is there reaches far enough around what is seen. */
    covers(frame) {
      const { there } = this;
      if (!there || there.zoom !== frame.zoom) return false;
      const last = Math.ceil(frame.scale / there.side) * there.side;
      const side = (corner, inset, length, first, n) => {
        const room = inset * (1 - SPARE);
        const low = Math.max(0, corner + room);
        const high = Math.min(last, corner + inset + length + inset - room);
        return low >= first * there.side - 1 && high <= (first + n) * there.side + 1;
      };
      return side(frame.ox, frame.left, frame.view.x, there.x, there.cols) && side(frame.oy, frame.top, frame.view.y, there.y, there.lines);
    }

    /* Called for each picture: ask for what it lacks. One question is under way at a time, and
       the last that was wanted comes next. */
    want(frame) {
      const { call } = this.layer;
      if (!call || !call.view) return;
      const question = [call.view, call.from, call.to, call.known].join();
      if (question === this.question && this.covers(frame)) return;
      const window = this.window(frame);
      const key = [question, ...Object.values(window)].join();
      if (key === this.asked) return;
      Object.assign(this, { asked: key, next: { question, window, days: [call.from, call.to], digest: call.view } });
      if (!this.busy) this.go();
    }

    async go() {
      const { layer } = this;
      const { panel, sources, w } = layer;
      const soon = root.setTimeout(() => panel.say("loading", w("view_loading")), PATIENCE);
      this.busy = true;
      while (this.next) {
        const { question, window, days, digest } = this.next;
        this.next = null;
        try {
          const answer = unpack(await sources.view(digest, days, window), window);
          if (layer.remote !== this) return;
          this.take(answer, question, window);
          panel.say("view", "");
        } catch (problem) {
          layer.trouble("view", problem);
          panel.say("view", problem.said || w("error_view"), true);
          this.asked = ""; // the next picture asks again
        }
      }
      this.busy = false;
      root.clearTimeout(soon);
      panel.say("loading", "");
    }

    take({ matched, located, grid, columns, rows, sets, clash }, question, window) {
      const { layer } = this;
      if (question !== this.question) this.crowd = { key: "", most: 0 };
      Object.assign(this, { question, there: window, matched, located });
      const held = parts.events.index(columns || this.none, layer.meta, layer.theme);
      Object.assign(held, { crowd: this.crowd, grid: grid || null, number: rows || null });
      if (columns) {
        if (held.setOf) held.setOf.set(sets);
        parts.events.filter(held, ALL, null, clash);
      }
      layer.held = held;
      layer.arrived();
    }
  }

  function create(layer, none) {
    return Object.assign(new Remote(layer), { none });
  }

  Object.assign(parts, { remote: { create, unpack } });
})(window);
