/* The view's part of the address (lat, lon, z) belongs to this frame: it is read once, written
   when the reader moves the map, and put back when the page around it writes without it. */
(function (root) {
  "use strict";

  const parts = (root.tansiqParts = root.tansiqParts || {});
  const OURS = ["lat", "lon", "z"];
  const EVERY = 400;

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

  const written = (map) => {
    const { lat, lng } = map.getCenter();
    return [`lat=${lat.toFixed(4)}`, `lon=${lng.toFixed(4)}`, `z=${Number(map.getZoom().toFixed(2))}`];
  };

  /* The address's search with other keys as they stand and ours as the map is. */
  const withView = (search, map) =>
    `?${[...pairs(search).filter((pair) => !OURS.includes(keyOf(pair))), ...written(map)].join("&")}`;

  function keep(map, owned) {
    const around = page();
    if (!around) return { put() {}, stop() {} };
    let active = owned;
    const put = () => {
      if (!active) return;
      const { pathname, search, hash } = around.location;
      const next = withView(search, map);
      if (next !== search) around.history.replaceState(around.history.state, "", pathname + next + hash);
    };
    const missing = () => active && !parse(around.location.search);
    const moved = () => { active = true; put(); };
    map.on("moveend", moved);
    const timer = root.setInterval(() => { if (missing()) put(); }, EVERY);
    return {
      put: () => { if (missing()) put(); },
      stop: () => { map.off("moveend", moved); root.clearInterval(timer); },
    };
  }

  /* Where a picture or a table of what is seen is to be had. */
  function download(base, map, theme, format, preset) {
    const around = page();
    const size = map.getSize();
    const b = map.getBounds();
    const asked = { format, preset, theme, w: size.x, h: size.y, west: b.getWest(), south: b.getSouth(), east: b.getEast(), north: b.getNorth() };
    const own = Object.entries(asked)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${typeof value === "number" ? Number(value.toFixed(5)) : encodeURIComponent(value)}`);
    const rest = pairs(around ? withView(around.location.search, map) : `?${written(map).join("&")}`);
    return `${base}/download?${[...own, ...rest.filter((pair) => !(keyOf(pair) in asked))].join("&")}`;
  }

  Object.assign(parts, { address: { page, parse, withView, keep, download } });
})(window);
