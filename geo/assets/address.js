/* The view's part of the address (lat, lon, z) belongs to this frame: it is read once, written
   when the reader moves the map, and put back when the page around it writes without it. The
   tab remembers it as well: another language or page makes another frame, after a write. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const SEARCH = /\?[^"]*/; // of the one address in a snippet
  const OURS = ["lat", "lon", "z"];
  const LAST = "tansiq.view";
  const EVERY = 400;
  const STRAY = 2;

  /* The window whose address the reader sees, or null when it is not ours to read. */
  function page() {
    try {
      const found = root.parent || root;
      return /^https?:$/.test(found.location.protocol) ? found : null;
    } catch (problem) {
      if (problem instanceof DOMException) return null; // another origin embeds this frame
      throw problem;
    }
  }

  const pairs = (search) => search.replace(/^\?/, "").split("&").filter(Boolean);
  const keyOf = (pair) => pair.split("=", 1)[0];

  /* A view of an address, or null when it is not whole and sane. */
  function parse(search) {
    const query = new URLSearchParams(search);
    const [lat, lon, z] = OURS.map((key) => (query.get(key) ? Number(query.get(key)) : NaN));
    return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && z >= 1 && z <= 20 ? [lat, lon, z] : null;
  }

  /* What `act` makes of the tab's own storage, or null where there is none to be had. */
  function stored(around, act) {
    try {
      return act(around.sessionStorage);
    } catch (problem) {
      if (problem instanceof around.DOMException || problem instanceof DOMException) return null; // forbidden or full
      throw problem;
    }
  }

  /* The view to begin with: the address's own, else the one last seen in this tab. */
  function begun(around) {
    return parse(around.location.search) || parse(stored(around, (kept) => kept.getItem(LAST)) || "");
  }

  /* The map's view, exact as long as the reader has not moved it: a frame that is laid out anew
     shifts the centre by parts of a pixel, which copied addresses would add up. */
  function view(map) {
    let [first, zoom, still] = [map.getCenter(), map.getZoom(), false];
    /* From now on the map stands here, once it has arrived, as if it had begun here. */
    const at = (centre, z) => { [first, zoom] = [L.latLng(centre), z]; };
    const away = () => map.project(map.getCenter(), zoom).distanceTo(map.project(first, zoom));
    const moved = () => !still && (map.getZoom() !== zoom || away() > STRAY);
    /* Begin elsewhere, which is no move of the reader's. */
    const anew = (show) => {
      still = true;
      show();
      [first, zoom, still] = [map.getCenter(), map.getZoom(), false];
    };
    return { map, at, moved, anew, centre: () => (moved() ? map.getCenter() : first) };
  }

  function written(seen) {
    const { lat, lng } = seen.centre();
    return [`lat=${lat.toFixed(4)}`, `lon=${lng.toFixed(4)}`, `z=${Number(seen.map.getZoom().toFixed(2))}`];
  }

  /* The address's search with other keys as they stand and ours as the map is. */
  const withView = (search, seen) =>
    `?${[...pairs(search).filter((pair) => !OURS.includes(keyOf(pair))), ...written(seen)].join("&")}`;

  /* Keep the view in the address from the reader's first move on, or if it stood there. */
  function keep(seen, owned) {
    const around = page();
    if (!around) return { put() {}, take() {}, stop() {} };
    let active = owned;
    const remember = () => stored(around, (kept) => kept.setItem(LAST, written(seen).join("&")));
    const put = () => {
      if (!active) return;
      remember();
      const { pathname, search, hash } = around.location;
      const next = withView(search, seen);
      if (next !== search) around.history.replaceState(around.history.state, "", pathname + next + hash);
    };
    const restore = () => { if (active && !parse(around.location.search)) put(); };
    /* The way from a frame of another site to the whole page leads to the same part of the map,
       and so does the snippet for such a frame. */
    const lead = () => {
      if (!active) return;
      for (const link of around.document.querySelectorAll("a.ts-back")) {
        const next = withView(link.search, seen);
        if (next !== link.search) link.search = next;
      }
      for (const code of around.document.querySelectorAll(".ts-snippet code")) {
        const next = code.textContent.replace(SEARCH, (old) => withView(old.replaceAll("&amp;", "&"), seen).replaceAll("&", "&amp;"));
        if (next !== code.textContent) code.textContent = next;
      }
    };
    const moved = () => {
      active = active || seen.moved();
      put();
    };
    if (active) remember();
    restore();
    seen.map.on("moveend", moved);
    const timer = root.setInterval(() => { restore(); lead(); }, EVERY);
    return {
      put: restore,
      take: () => { active = true; }, // something else than the reader is about to move the map
      stop: () => { seen.map.off("moveend", moved); root.clearInterval(timer); },
    };
  }

  /* Where a picture or a table of what is seen is to be had. */
  function download(base, seen, theme, format, preset) {
    const around = page();
    const size = seen.map.getSize();
    const b = seen.map.getBounds();
    const asked = { format, preset, theme, w: size.x, h: size.y, west: b.getWest(), south: b.getSouth(), east: b.getEast(), north: b.getNorth() };
    const own = Object.entries(asked)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${typeof value === "number" ? Number(value.toFixed(5)) : encodeURIComponent(value)}`);
    const rest = pairs(withView(around ? around.location.search : "", seen)).filter((pair) => !(keyOf(pair) in asked));
    return `${base}/download?${[...own, ...rest].join("&")}`;
  }

  /* Where the citation of what is selected, or of this view, is to be had. */
  function cite(base, seen, format) {
    const around = page();
    const rest = pairs(withView(around ? around.location.search : "", seen)).filter((pair) => keyOf(pair) !== "format");
    return `${base}/cite?${[`format=${format}`, ...rest].join("&")}`;
  }

  Object.assign(parts, { address: { page, stored, parse, begun, view, keep, download, cite } });
})(window);
