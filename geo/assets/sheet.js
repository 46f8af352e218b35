/* A canvas that lies on the map: larger than the view, so that dragging moves it without a
   repaint; scaled by CSS while the map zooms; painted again, at most once a frame, after. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const MARGIN = 0.3; // of the view, on each side
  const LATE = 250; // ms: a picture asked for before the frame is laid out may never come
  const SPARE = 0.4; // of the margin must be left after a move, else the sheet is painted anew

  /* Create a sheet in a pane of its own. `paint(frame)` draws; frame: {ctx, width, height
     (CSS pixels of the sheet), scale (pixels of the world), zoom, ox, oy (the sheet's corner
     in world pixels), left, top (the view's corner on the sheet), view (its size)}. */
  function create(L, map, { name, z, paint }) {
    const pane = map.createPane(name);
    pane.style.zIndex = z;
    pane.style.pointerEvents = "none";
    const canvas = L.DomUtil.create("canvas", "tq-sheet leaflet-zoom-animated", pane);
    canvas.setAttribute("aria-hidden", "true");
    const ctx = canvas.getContext("2d");
    const held = { zoom: null, corner: null, topLeft: null, size: null };
    let asked = 0;
    let late = 0;
    let painted = 0;

    function place() {
      const view = map.getSize();
      const pad = view.multiplyBy(MARGIN).round();
      const size = view.add(pad.multiplyBy(2));
      const topLeft = map.containerPointToLayerPoint(pad.multiplyBy(-1)).round();
      const ratio = root.devicePixelRatio || 1;
      const [w, h] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
      if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      const origin = map.getPixelOrigin().add(topLeft);
      Object.assign(held, { zoom: map.getZoom(), corner: map.unproject(origin), topLeft, size, pad });
      L.DomUtil.setPosition(canvas, topLeft);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, size.x, size.y);
      return {
        ctx, ratio, width: size.x, height: size.y, zoom: held.zoom, scale: 256 * 2 ** held.zoom,
        ox: origin.x, oy: origin.y, left: pad.x, top: pad.y, view,
      };
    }

    function forget() {
      root.cancelAnimationFrame(asked);
      root.clearTimeout(late);
      asked = late = 0;
    }
    function draw() {
      forget();
      // while the map zooms, the sheet is being scaled; the end of the zoom paints it
      if (map._animatingZoom || !map._loaded) return;
      const view = map.getSize();
      if (view.x === 0 || view.y === 0) return;
      paint(place());
      painted += 1;
    }
    function ask() {
      if (late) return;
      asked = root.requestAnimationFrame(draw);
      late = root.setTimeout(draw, LATE);
    }
    /* Paint in this very task, for what a reader waits for: the next picture has it. */
    function now() {
      const before = painted;
      draw();
      if (painted === before) ask();
    }

    /* Whether the view still lies on what was painted, with a share of the margin to spare. */
    function covers(share) {
      const { topLeft, size, pad } = held;
      if (!topLeft || map.getZoom() !== held.zoom) return false;
      const at = map.containerPointToLayerPoint([0, 0]).subtract(topLeft);
      const room = pad.multiplyBy(share);
      const far = size.subtract(map.getSize()).subtract(room);
      return at.x >= room.x && at.y >= room.y && at.x <= far.x && at.y <= far.y;
    }
    function scaleTo(center, zoom) {
      if (!held.corner) return;
      const offset = map._latLngToNewLayerPoint(held.corner, zoom, center);
      L.DomUtil.setTransform(canvas, offset, map.getZoomScale(zoom, held.zoom));
    }
    const events = {
      zoomanim: (e) => scaleTo(e.center, e.zoom),
      zoom: () => scaleTo(map.getCenter(), map.getZoom()),
      move: () => { if (map.getZoom() === held.zoom && !covers(0)) ask(); },
      moveend: () => { if (!covers(SPARE)) ask(); },
      viewreset: ask,
      resize: ask,
    };
    map.on(events);

    return {
      canvas,
      ask,
      now,
      painted: () => painted,
      /* Where a point of the view lies on the sheet as it was painted last. */
      local: (point) => map.containerPointToLayerPoint(point).subtract(held.topLeft || [0, 0]),
      remove() {
        map.off(events);
        forget();
        pane.remove();
        delete map._panes[name];
      },
    };
  }

  Object.assign(parts, { sheet: { create } });
})(window);
